import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'npyjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vendorHalfFromFloat } from '../../../reference/quantize/index.ts';
import { readCnrtTrace } from '../../support/cnrt-trace.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { halfEdges } from '../../support/half-edges.ts';
import { readNpy } from '../../support/npy.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { spawnAgent } from '../../support/spawn-agent.ts';
import { ANCHORS_64, writeStandInModel } from '../../support/stand-in-model.ts';

/** Opens a model by hand; what a test does wrong comes after it. `raw(name, …)` gives the code of a call. */
const OPENED = `
import ctypes, numpy
from ctypes import byref, c_void_p
from mlu_agent.cnrt import load_cnrt
from mlu_agent.cnrt_runner import CnrtModel
library = load_cnrt()
def raw(name, *arguments): return library._functions[name](*arguments)
`;

describe.skipIf(!python || !compiler)('the stand-in for libcnrt', () => {
  let folder: string;
  let model: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlu-parity-stand-in-'));
    model = writeStandInModel(join(folder, 'model.cambricon'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let number = 0;
  async function misuse(code: string) {
    const trace = join(folder, `${number++}.trace`);
    const { exitCode, stdout, stderr } = await runAgentCode(OPENED + code, [], {
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_TRACE: trace,
      MLU_STAND_IN_MODEL: model,
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    return { stdout, ...readCnrtTrace(trace) };
  }

  /** The library of a CnrtModel called `opened`, with its context `c`. */
  const open = `import os\nopened = CnrtModel(library, os.environ["MLU_STAND_IN_MODEL"])\nc = opened.contexts[0]\n`;

  test.each([
    ['a call before cnrtInit', 'print(raw("cnrtSetCurrentDevice", 0))', 632024, 'before cnrtInit'],
    ['cnrtInit twice', `${open}print(raw("cnrtInit", 0))`, 632007, 'twice'],
    [
      'Set after Init',
      `${open}print(raw("cnrtSetRuntimeContextDeviceId", c.handle, 0))`,
      632007,
      'after cnrtInitRuntimeContext',
    ],
    [
      'Invoke before Init',
      `${open}x = c_void_p()\nraw("cnrtCreateRuntimeContext", byref(x), opened._function, None)\n` +
        'print(raw("cnrtInvokeRuntimeContext", x, c._params, c._queue, None))',
      632024,
      'before cnrtInitRuntimeContext',
    ],
    [
      'a queue before Init',
      `${open}x = c_void_p()\nraw("cnrtCreateRuntimeContext", byref(x), opened._function, None)\n` +
        'print(raw("cnrtRuntimeContextCreateQueue", x, byref(c_void_p())))',
      632007,
      'before cnrtInitRuntimeContext',
    ],
    [
      'freeing twice',
      `${open}a = c_void_p()\nraw("cnrtMalloc", byref(a), 64)\nraw("cnrtFree", a)\nprint(raw("cnrtFree", a))`,
      632007,
      'freed before',
    ],
    [
      'destroying twice',
      `${open}raw("cnrtDestroyQueue", c._queue)\nprint(raw("cnrtDestroyQueue", c._queue))`,
      632007,
      'destroyed before',
    ],
    [
      'copying more than was allocated',
      `${open}b = ctypes.create_string_buffer(128)\na = c_void_p()\nraw("cnrtMalloc", byref(a), 64)\n` +
        'print(raw("cnrtMemcpy", a, b, 65, 0))',
      632036,
      'more than was allocated',
    ],
    [
      'the wrong direction',
      `${open}b = ctypes.create_string_buffer(64)\na = c_void_p()\nraw("cnrtMalloc", byref(a), 64)\n` +
        'print(raw("cnrtMemcpy", b, a, 64, 0))',
      632007,
      'wrong direction',
    ],
    [
      'reading notifiers before the queue was waited for',
      `${open}a, b = c._notifiers\nraw("cnrtPlaceNotifier", a, c._queue)\nraw("cnrtPlaceNotifier", b, c._queue)\n` +
        'print(raw("cnrtNotifierDuration", a, b, byref(ctypes.c_float())))',
      632006,
      'before cnrtSyncQueue',
    ],
    [
      'copying outputs before the queue was waited for',
      `${open}b = ctypes.create_string_buffer(opened.output_bytes)\nraw("cnrtInvokeRuntimeContext", c.handle, c._params, c._queue, None)\n` +
        'print(raw("cnrtMemcpy", b, c._output, opened.output_bytes, 2))',
      632006,
      'before cnrtSyncQueue',
    ],
    [
      'outputs smaller than the model’s',
      `${open}a = c_void_p()\nraw("cnrtMalloc", byref(a), 64)\n` +
        'print(raw("cnrtInvokeRuntimeContext", c.handle, (c_void_p * 2)(c._input, a.value), c._queue, None))',
      632007,
      'an output is smaller than the model',
    ],
    [
      'unloading what is in use',
      `${open}print(raw("cnrtUnloadModel", opened._releases._calls[0][1][1]))`,
      632007,
      'while its functions or contexts live',
    ],
  ])('%s is refused and traced', async (_, code, expected, sentence) => {
    const { stdout, misuses } = await misuse(code);
    expect(stdout).toBe(`${expected}\n`);
    expect(misuses).toEqual([expect.stringContaining(sentence)]);
  });

  test('what was not given back is counted at the end', async () => {
    const { leaks } = await misuse(open);
    expect(leaks).toEqual(['model 1', 'function 1', 'context 1', 'queue 1', 'notifier 2', 'memory 2']);
  });

  test('float16 is what the vendor’s cast makes of float32, at every edge', async () => {
    const values = halfEdges(20_000).filter((value) => Number.isFinite(value));
    // The ramp of anchor 0, channel 0 of a model with one pixel for each value would change them; so they go by way of
    // the input: doubled, since the ramp halves, and one for each image of a batch.
    const usable = values.filter((value) => Number.isFinite(Math.fround(value * 2)) && value !== 0);
    const batch = usable.length;
    const path = writeStandInModel(join(folder, 'half.cambricon'), {
      inputs: [`${batch} 8 8 3 FLOAT32`],
      outputs: [`${batch} 1 1 1 FLOAT16`],
    });
    const file = join(folder, 'values.bin');
    writeFileSync(file, new Uint8Array(usable.map((value) => value * 2).buffer));
    const code = `
model, function, number = c_void_p(), c_void_p(), ctypes.c_int()
call = library.call
call("cnrtInit", 0)
call("cnrtLoadModel", byref(model), ${JSON.stringify(path)}.encode())
call("cnrtCreateFunction", byref(function))
call("cnrtExtractFunction", byref(function), model, b"subnet0")
context, queue, a, b = c_void_p(), c_void_p(), c_void_p(), c_void_p()
call("cnrtCreateRuntimeContext", byref(context), function, None)
call("cnrtInitRuntimeContext", context, None)
call("cnrtRuntimeContextCreateQueue", context, byref(queue))
values = numpy.fromfile(${JSON.stringify(file)}, numpy.float32)
pixels = numpy.zeros((len(values), 8, 8, 3), numpy.float32)
pixels[:, 0, 0, 0] = values
halves = numpy.empty(len(values), numpy.uint16)
call("cnrtMalloc", byref(a), pixels.nbytes)
call("cnrtMalloc", byref(b), halves.nbytes)
call("cnrtMemcpy", a, pixels.ctypes.data, pixels.nbytes, 0)
call("cnrtInvokeRuntimeContext", context, (c_void_p * 2)(a.value, b.value), queue, None)
call("cnrtSyncQueue", queue)
call("cnrtMemcpy", halves.ctypes.data, b, halves.nbytes, 2)
halves.tofile(${JSON.stringify(`${file}.out`)})
`;
    const { misuses } = await misuse(code);
    expect(misuses).toEqual([]);
    const bytes = readFileSync(`${file}.out`);
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const wrong = [...usable].filter((value, i) => halves[i] !== vendorHalfFromFloat(value));
    expect(halves).toHaveLength(batch);
    expect(wrong).toEqual([]);
  });

  test('a torchscript program gives what the program gives', async () => {
    const path = JSON.stringify(join(folder, 'program.pt'));
    const make = `
import numpy, torch
torch.manual_seed(1)
torch.set_num_threads(1)
torch.set_grad_enabled(False)
class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = torch.nn.ModuleList(torch.nn.Conv2d(3, 7, stride, stride) for stride in (8, 16, 32))
    def forward(self, x):
        return torch.cat([conv(x).flatten(2) for conv in self.convs], 2).permute(0, 2, 1)
network = Network().eval()
torch.jit.save(torch.jit.trace(network, torch.zeros(1, 3, 64, 64), check_trace=False), ${path})
pixels = torch.randint(0, 256, (3, 3, 64, 64)).float()
numpy.save(${JSON.stringify(join(folder, 'pixels.npy'))}, pixels.numpy())
# Padded as the agent pads the last batch of two.
batches = [pixels[:2], torch.stack([pixels[2], pixels[2]])]
numpy.save(${JSON.stringify(join(folder, 'expected.npy'))}, torch.cat([network(x) for x in batches])[:3].contiguous().numpy())
`;
    expect((await runAgentCode(make)).stderr).toBe('');
    const scripted = writeStandInModel(join(folder, 'scripted.cambricon'), {
      inputs: ['2 64 64 3 FLOAT32'],
      outputs: [`2 7 1 ${ANCHORS_64} FLOAT32`],
      program: 'torchscript',
      programBytes: readFileSync(join(folder, 'program.pt')),
    });
    const out = join(folder, 'out');
    const trace = join(folder, 'scripted.trace');
    const { exitCode, stdout, stderr } = await spawnAgent(
      [
        'offline',
        '--model',
        scripted,
        '--images',
        join(folder, 'pixels.npy'),
        '--out',
        out,
        '--json',
        '--requests',
        '2',
        '--contexts',
        '2',
      ],
      { CNRT_LIBRARY: compileCnrt(), MLU_STAND_IN_TRACE: trace, MLU_STAND_IN_PYTHON: python! },
    ).result;
    expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(stdout).measured.sameOutputs).toBe(true);
    const expected = readNpy(join(folder, 'expected.npy'));
    for (let i = 0; i < 3; i++) {
      const { data, shape } = readNpy(join(out, `pixels_${i}.npy`));
      expect(shape).toEqual([1, ANCHORS_64, 7]);
      expect(data).toEqual(expected.data.slice(i * data.length, (i + 1) * data.length));
    }
    expect(readCnrtTrace(trace)).toMatchObject({ misuses: [], leaks: [] });
  });

  test('a torchscript program that cannot run is no model', async () => {
    const broken = writeStandInModel(join(folder, 'broken.cambricon'), {
      program: 'torchscript',
      programBytes: Buffer.from('no archive'),
    });
    const inputs = join(folder, 'zeros.npy');
    writeFileSync(inputs, new Uint8Array(dump(new Float32Array(3 * 64 * 64), [1, 3, 64, 64])));
    const args = ['offline', '--model', broken, '--images', inputs, '--out', join(folder, 'nothing')];
    const environment = { CNRT_LIBRARY: compileCnrt(), MLU_STAND_IN_PYTHON: python! };
    const { exitCode, stderr } = await spawnAgent(args, environment).result;
    expect(exitCode).toBe(5);
    expect(stderr).toContain('cnrtLoadModel failed with 632010 (CNRT_RET_ERR_IO)');
  });
});
