import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'npyjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roundToVendorHalf } from '../../../reference/quantize/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { readNpy } from '../../support/npy.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { spawnAgent } from '../../support/spawn-agent.ts';
import { ramp, type StandInModel, writeStandInModel } from '../../support/stand-in-model.ts';
import { runOffline } from './support/run-offline.ts';

const HEIGHT = 64;
const WIDTH = 96;
const AREA = HEIGHT * WIDTH;
/** Of 64 × 96. */
const ANCHORS = 126;
const CHANNELS = 7;

const OPENING = [
  'cnrtInit',
  'cnrtGetDeviceCount',
  'cnrtGetDeviceHandle',
  'cnrtSetCurrentDevice',
  'cnrtGetDeviceInfo',
  'cnrtLoadModel',
  'cnrtQueryModelParallelism',
  'cnrtCreateFunction',
  'cnrtExtractFunction',
  'cnrtCreateRuntimeContext',
  'cnrtSetRuntimeContextDeviceId',
  'cnrtInitRuntimeContext',
  'cnrtRuntimeContextCreateQueue',
  'cnrtGetInputDataSize',
  'cnrtGetInputDataType',
  'cnrtGetInputDataShape',
  'cnrtGetOutputDataSize',
  'cnrtGetOutputDataType',
  'cnrtGetOutputDataShape',
  'cnrtMalloc',
  'cnrtMalloc',
  'cnrtRuntimeContextCreateNotifier',
  'cnrtRuntimeContextCreateNotifier',
];
const INFERENCE = [
  'cnrtMemcpy',
  'cnrtPlaceNotifier',
  'cnrtInvokeRuntimeContext',
  'cnrtPlaceNotifier',
  'cnrtSyncQueue',
  'cnrtNotifierDuration',
  'cnrtMemcpy',
];
const END_OF_CONTEXT = [
  'cnrtDestroyNotifier',
  'cnrtDestroyNotifier',
  'cnrtFree',
  'cnrtFree',
  'cnrtDestroyQueue',
  'cnrtDestroyRuntimeContext',
];
const END = ['cnrtDestroyFunction', 'cnrtUnloadModel', 'cnrtDestroy'];
const FORK = [
  'cnrtForkRuntimeContext',
  'cnrtRuntimeContextCreateQueue',
  'cnrtMalloc',
  'cnrtMalloc',
  'cnrtRuntimeContextCreateNotifier',
  'cnrtRuntimeContextCreateNotifier',
];

describe.skipIf(!python || !compiler)('an offline model through libcnrt (stand-in)', () => {
  let folder: string;
  let inputs: string;
  const pixels: Float32Array[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlu-parity-offline-'));
    const random = createRandom(1);
    for (let i = 0; i < 5; i++) {
      // Pixels, and one image of numbers between and below.
      pixels.push(
        Float32Array.from({ length: 3 * AREA }, () =>
          i === 4 ? 3 * random.gaussian() : random.integer(256),
        ),
      );
    }
    inputs = join(folder, 'inputs.npy');
    const all = Float32Array.from(pixels.flatMap((image) => [...image]));
    writeFileSync(inputs, new Uint8Array(dump(all, [5, 3, HEIGHT, WIDTH])));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (model: StandInModel, args?: string[], environment?: Record<string, string>) =>
    runOffline(folder, inputs, model, args, environment);
  const input = (batch: number, type: string): string[] => [`${batch} ${HEIGHT} ${WIDTH} 3 ${type}`];

  test('the calls come in the order of CNRT’s own examples, and all is given back in reverse', async () => {
    const { exitCode, trace } = await run(
      { inputs: input(4, 'FLOAT32'), outputs: [`4 ${CHANNELS} 1 ${ANCHORS} FLOAT32`] },
      ['--contexts', '2'],
    );
    expect(exitCode).toBe(0);
    expect(trace.calls.map((call) => call.name)).toEqual([
      ...OPENING,
      ...FORK,
      ...INFERENCE,
      ...INFERENCE,
      ...END_OF_CONTEXT,
      ...END_OF_CONTEXT,
      ...END,
    ]);
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
  });

  test('a library with the other form of each call is used by that form', async () => {
    const { exitCode, stdout, trace } = await run(
      { inputs: input(4, 'FLOAT32'), outputs: [`4 ${CHANNELS} 1 ${ANCHORS} FLOAT32`] },
      ['--contexts', '2', '--requests', '3'],
      { CNRT_LIBRARY: compileCnrt('plain') },
    );
    expect(exitCode).toBe(0);
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
    const names = new Set(trace.calls.map((call) => call.name));
    for (const name of ['cnrtCreateQueue', 'cnrtCreateNotifier', 'cnrtInvokeRuntimeContext_V2'])
      expect(names).toContain(name);
    const { session } = JSON.parse(stdout);
    expect(session.details.calls).toEqual({
      invoke: 'cnrtInvokeRuntimeContext_V2',
      queue: 'cnrtCreateQueue',
      notifier: 'cnrtCreateNotifier',
      furtherContexts: 'cnrtCreateRuntimeContext',
    });
    expect(session).toMatchObject({ engine: 'CNRT', device: 'MLU' });
  });

  test.each([
    [1, 'FLOAT32', 'FLOAT32', `1 ${CHANNELS} 1 ${ANCHORS}`, 'N C 1 A'],
    [1, 'FLOAT32', 'FLOAT32', `1 ${ANCHORS} 1 ${CHANNELS}`, 'N A 1 C'],
    [1, 'FLOAT16', 'FLOAT16', `1 1 ${CHANNELS} ${ANCHORS}`, 'N 1 C A'],
    [4, 'FLOAT32', 'FLOAT32', `4 ${CHANNELS} 1 ${ANCHORS}`, 'N C 1 A'],
    [4, 'FLOAT16', 'FLOAT16', `4 ${CHANNELS} 1 ${ANCHORS}`, 'N C 1 A'],
    [4, 'FLOAT32', 'FLOAT16', `4 1 ${ANCHORS} ${CHANNELS}`, 'N 1 A C'],
    [2, 'FLOAT16', 'FLOAT32', `2 ${ANCHORS} 1 ${CHANNELS}`, 'N A 1 C'],
  ])('batch %i, %s to %s, output %s', async (batch, inType, outType, extents, layout) => {
    const { exitCode, stdout, out, trace } = await run(
      { inputs: input(batch, inType), outputs: [`${extents} ${outType}`] },
      ['--classes', '2'],
    );
    expect(exitCode).toBe(0);
    const { session, outputs } = JSON.parse(stdout);
    expect(session.details.output.layout).toBe(layout);
    expect(session).toMatchObject({ coreNumber: 4, decoded: null, device: 'MLU270', engine: 'CNRT 4.3.0' });
    expect(session.standIn).toContain('stand-in');
    expect(outputs).toHaveLength(pixels.length);
    for (const [i, image] of pixels.entries()) {
      const given = inType === 'FLOAT16' ? image.map(nearestHalf) : image;
      const expected = ramp(given, AREA, ANCHORS, CHANNELS);
      const actual = readNpy(join(out, `inputs_${i}.npy`));
      expect(actual.shape).toEqual([1, ANCHORS, CHANNELS]);
      const wanted = outType === 'FLOAT16' ? expected.map(roundToVendorHalf) : expected;
      expect(bitsOf(actual.data)).toEqual(bitsOf(wanted));
    }
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
    expect(JSON.parse(readFileSync(join(out, 'times.json'), 'utf8'))).toEqual(JSON.parse(stdout));
  });

  test('a model of UINT8 pixels takes pixels, and refuses numbers between them', async () => {
    const code = (values: string): string =>
      `import numpy\nfrom mlu_agent.sessions import open_session\n` +
      `session = open_session("offline", model=${JSON.stringify(model)})\n` +
      `pixels = numpy.full((1, 3, ${HEIGHT}, ${WIDTH}), ${values}, numpy.float32)\n` +
      `print(session.infer(pixels)[0][0, 0].tolist(), session.describe()["details"]["input"]["type"])\nsession.close()`;
    const model = writeStandInModel(join(folder, 'uint8.cambricon'), {
      inputs: input(1, 'UINT8'),
      outputs: [`1 ${CHANNELS} 1 ${ANCHORS} FLOAT32`],
    });
    const whole = await runAgentCode(code('200'), [], { CNRT_LIBRARY: compileCnrt() });
    expect(whole.stdout).toBe('[100.0, 101.0, 102.0, 103.0, 104.0, 105.0, 106.0] UINT8\n');
    for (const values of ['0.5', '-1', '256', 'numpy.nan'])
      expect((await runAgentCode(code(values), [], { CNRT_LIBRARY: compileCnrt() })).stderr).toContain(
        'BadRequest: the input has other values than whole numbers of 0 to 255',
      );
  });

  test.each([
    [[`1 1 1 ${CHANNELS * ANCHORS} FLOAT32`], ['cannot tell how', '1 1 1 882', '[1, 126, 5 + classes]']],
    [[`1 ${CHANNELS} 1 125 FLOAT32`], ['1 7 1 125', 'does not fit [1, 126, 5 + classes]']],
    [[`1 5 1 ${ANCHORS} FLOAT32`], ['1 5 1 126', 'does not fit']],
    [[`2 ${CHANNELS} 1 ${ANCHORS} FLOAT32`], ['2 7 1 126', 'does not fit']],
    [[`1 ${CHANNELS} 9 14 FLOAT32`], ['1 7 9 14', 'does not fit']],
    [[`1 ${ANCHORS} 1 ${ANCHORS} FLOAT32`], ['cannot tell anchors and channels apart', '1 126 1 126']],
    [[`1 4 1 ${ANCHORS} FLOAT32`, `1 3 1 ${ANCHORS} FLOAT32`], ['2 tensors as output, not one']],
  ])('output %j is refused with its extents, and exit code 5', async (outputs, sentences) => {
    const { exitCode, stderr, trace } = await run({ inputs: input(1, 'FLOAT32'), outputs });
    expect(exitCode).toBe(5);
    for (const sentence of sentences) expect(stderr).toContain(sentence);
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
  });

  test('other classes than asked for are refused', async () => {
    const model = { inputs: input(1, 'FLOAT32'), outputs: [`1 ${CHANNELS} 1 ${ANCHORS} FLOAT32`] };
    const { exitCode, stderr } = await run(model, ['--classes', '80']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('1 7 1 126 does not fit [1, 126, 85]');
  });

  test.each([
    ['foreign bytes', Buffer.from('\x7fELF and more'), 3, 'is no offline model'],
    ['an empty file', Buffer.alloc(0), 3, 'is no offline model'],
    [
      'a damaged model',
      Buffer.from('\x7fMEF\x00\x01\x02 nothing of the kind'),
      5,
      'cnrtLoadModel failed with 632007',
    ],
  ])('%s is refused', async (_, bytes, code, sentence) => {
    const path = join(folder, 'damaged.cambricon');
    writeFileSync(path, bytes);
    const args = ['offline', '--model', path, '--images', inputs, '--out', join(folder, 'none')];
    const { exitCode, stderr } = await spawnAgent(args, { CNRT_LIBRARY: compileCnrt() }).result;
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(sentence)]);
  });

  test('every truncation of a model is refused in one sentence', async () => {
    const whole = readFileSync(writeStandInModel(join(folder, 'whole.cambricon')));
    const code =
      `from mlu_agent.sessions import open_session\nfrom mlu_agent.errors import AgentError\n` +
      `whole = open(${JSON.stringify(join(folder, 'whole.cambricon'))}, "rb").read()\nrefused = 0\n` +
      `for length in range(len(whole)):\n` +
      `    open(${JSON.stringify(join(folder, 'cut.cambricon'))}, "wb").write(whole[:length])\n` +
      `    try:\n        open_session("offline", model=${JSON.stringify(join(folder, 'cut.cambricon'))})\n` +
      `    except AgentError as error:\n        assert error.kind in ("bad-file", "device"), error.kind\n        refused += 1\n` +
      `print(refused)`;
    const { stdout, stderr } = await runAgentCode(code, [], { CNRT_LIBRARY: compileCnrt() });
    expect([stdout, stderr]).toEqual([`${whole.length}\n`, '']);
  });
});

function bitsOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Half to even, as numpy rounds. */
function nearestHalf(value: number): number {
  return new Float32Array(1).fill(Math.fround(roundToHalf(value)))[0]!;
}

function roundToHalf(value: number): number {
  if (value === 0) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const step = 2 ** (exponent - 10);
  const whole = Math.floor(value / step);
  const rest = value / step - whole;
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 !== 0);
  return (whole + (up ? 1 : 0)) * step;
}
