import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeInPlace } from '../../../reference/decode/index.ts';
import { largestRelativeDifference } from '../../support/largest-difference.ts';
import { readNpy } from '../../support/npy.ts';
import { python } from '../../support/python.ts';
import { randomPixels } from '../../support/random-graph.ts';
import { pythonJson, runAgent, runPythonFile, WITH_STAND_IN } from '../../support/run-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeInput } from '../../support/write-input.ts';

const script = (name: string): string => fileURLToPath(new URL(`support/${name}.py`, import.meta.url));

describe.skipIf(!python)('agent online, on the stand-in of the card', () => {
  const folder = suiteFolder();
  const file = (name: string): string => join(folder, name);

  async function makeCheckpoint(
    name: string,
    dtype: string,
    byChannel = '0',
    ...leftOut: string[]
  ): Promise<void> {
    const args = [file(name), dtype, '64', byChannel, '0', ...leftOut];
    const { exitCode, stderr } = await runPythonFile(script('make_checkpoint'), args);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }

  beforeAll(async () => {
    await makeCheckpoint('int16.pt', 'int16');
    await writeInput(file('in.npy'), randomPixels([3, 3, 64, 64], 7));
  });

  function online(
    checkpoint: string,
    out: string,
    args: readonly string[] = [],
    env: Record<string, string> = WITH_STAND_IN,
  ) {
    const common = ['--quantized', file(checkpoint), '--size', '64', '--images', file('in.npy')];
    return runAgent(['online', ...common, '--out', file(out), '--json', ...args], env);
  }
  const output = (out: string, i: number) => readNpy(join(file(out), `in_${i}.npy`), 'NAC');

  interface Report {
    readonly session: Record<string, unknown> & { details: Record<string, unknown> };
    readonly outputs: { hostMs: number; deviceMs: number | null }[];
  }

  test('writes an output for each input and says what ran, on what, and that it was none of the vendor’s', async () => {
    const { exitCode, stdout, stderr } = await online('int16.pt', 'plain', ['--core-number', '16']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const { session, outputs } = JSON.parse(stdout) as Report;
    expect(session).toMatchObject({
      device: 'MLU270',
      precision: 'int16',
      coreNumber: 16,
      decoded: true,
      standIn: expect.stringContaining('stand-in'),
      warnings: [],
      details: { notifier: true, perChannel: false },
    });
    expect(stderr).toContain('stand-in');
    expect(readdirSync(file('plain')).sort()).toEqual(['in_0.npy', 'in_1.npy', 'in_2.npy']);
    expect(output('plain', 0).shape).toEqual([1, 84, 8]);
    for (const { hostMs, deviceMs } of outputs) {
      expect(deviceMs).toBeGreaterThan(0);
      expect(hostMs).toBeGreaterThan(deviceMs!);
    }
  });

  test('outputs are never written among others: a folder that is not empty is refused before anything is opened', async () => {
    const before = readdirSync(file('plain'));
    const { exitCode, stderr } = await online('int16.pt', 'plain', [], {});
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `agent: cannot write to ${file('plain')}: it is not empty; give --out a folder that does not exist yet\n`,
    });
    expect(readdirSync(file('plain'))).toEqual(before);
  });

  test('without notifiers there is host time alone; batches, the last one filled up, give the same outputs', async () => {
    const env = { ...WITH_STAND_IN, MLU_STAND_IN_NO_NOTIFIER: '1' };
    const { stdout } = await online('int16.pt', 'batched', ['--batch', '2', '--quiet'], env);
    const { session, outputs } = JSON.parse(stdout) as Report;
    expect(session.details.notifier).toBe(false);
    expect(outputs.map(({ deviceMs }) => deviceMs)).toEqual([null, null, null]);
    // Beyond the last place, which another length of a CPU kernel's loop may move.
    for (const i of [0, 1, 2])
      expect(largestRelativeDifference(output('batched', i).data, output('plain', i).data)).toBeLessThan(
        1e-6,
      );
  });

  test('decoded on the card as the reference decodes what the card gives raw; slice assignment is lost', async () => {
    for (const decode of ['none', 'fixed-grids', 'in-place']) {
      const { stdout } = await online('int16.pt', decode, ['--decode', decode]);
      const decoded = { none: false, 'fixed-grids': true, 'in-place': null }[decode];
      expect([decode, (JSON.parse(stdout) as Report).session.decoded]).toEqual([decode, decoded]);
    }
    for (const i of [0, 1, 2]) {
      const expected = decodeInPlace(output('none', i), { height: 64, width: 64 });
      expect(largestRelativeDifference(output('fixed-grids', i).data, expected.data)).toBeLessThan(1e-6);
      expect(output('fixed-grids', i)).toEqual(output('plain', i));
      expect(output('in-place', i)).toEqual(output('none', i));
    }
  });

  test('a checkpoint by channel is loaded as one, and gives other outputs than one by tensor', async () => {
    await makeCheckpoint('by-tensor.pt', 'int8');
    await makeCheckpoint('by-channel.pt', 'int8', '1');
    const { stdout } = await online('by-channel.pt', 'by-channel');
    expect((JSON.parse(stdout) as Report).session).toMatchObject({
      precision: 'int8',
      details: { perChannel: true },
    });
    await online('by-tensor.pt', 'by-tensor');
    expect(output('by-channel', 0)).not.toEqual(output('by-tensor', 0));
  });

  test('a scale that is missing is found, which the vendor’s loader passes over', async () => {
    const layer = 'backbone.backbone.dark3.0.conv';
    await makeCheckpoint('holed.pt', 'int16', '0', `${layer}.scale`);
    const { exitCode, stderr } = await online('holed.pt', 'holed');
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`${layer} has no scale or no quantized_mode`);
    expect(readdirSync(folder)).not.toContain('holed');
  });

  test('releases that load otherwise than the public source are seen through, or said to be opaque', async () => {
    const releases = [
      'public',
      'without-options',
      'secret',
      'forgetful',
      'forgetful-ones',
      'other-mode',
      'refusing',
      'nothing',
    ] as const;
    interface Opened {
      readonly warnings: string[];
      readonly sum: number;
    }
    const told = await pythonJson<[Opened, Opened, Opened, ...unknown[]]>(script('odd_releases'), [
      file('int16.pt'),
      ...releases,
    ]);
    const [known, withoutOptions, secret, ...refused] = told;
    expect(known.warnings).toEqual([]);
    expect(withoutOptions).toMatchObject({
      sum: known.sum,
      warnings: [expect.stringContaining('refused its options (Unknown qconfig_spec)')],
    });
    expect(secret.warnings).toEqual([expect.stringContaining('do not show their scales: ')]);
    expect(refused).toEqual([
      [
        'device',
        expect.stringContaining(
          'head.stems.1.conv has no scale or no quantized_mode after it was loaded (1 of 83 layers have none)',
        ),
      ],
      [
        'device',
        expect.stringMatching(/head\.stems\.1\.conv has int16 scale \[1\.0, 1\.0\] after it was loaded/),
      ],
      ['device', expect.stringMatching(/stem\.conv\.conv has int8 scale/)],
      [
        'device',
        expect.stringContaining('neither with options (firstconv needs 3 input channels) nor without'),
      ],
      ['device', expect.stringContaining('left backbone.backbone.stem.conv.conv a float layer')],
    ]);
  });

  test('measures as many requests as asked for, or one when the time is over', async () => {
    const [{ measured, inTime, contexts, shape }] = await pythonJson<[Record<string, unknown>]>(
      script('odd_releases'),
      [file('int16.pt'), 'public'],
    );
    const times = (count: number) => [Array(count).fill(expect.any(Number))];
    expect(measured).toEqual({
      hostMs: times(3),
      deviceMs: times(3),
      wallSeconds: expect.any(Number),
      sameOutputs: true,
    });
    expect(inTime).toMatchObject({ hostMs: times(1), deviceMs: times(1) });
    expect(contexts).toEqual(['bad-request', expect.stringContaining('one context, not 2')]);
    expect(shape).toEqual(['bad-request', expect.stringContaining('[1, 3, 32, 64]')]);
  });

  test('what no card has is a bad request, what this one has not a refusal of the device', async () => {
    const cases: [options: object, kind: string, message: string][] = [
      [{ core_number: 17 }, 'bad-request', 'core number 17 is none of an MLU270: give 1 to 16'],
      [{ core_number: 5, core_version: 'MLU220' }, 'bad-request', 'give 1 to 4'],
      [{ core_number: true }, 'bad-request', 'core number True'],
      [{ core_version: 'MLU370' }, 'bad-request', 'MLU220, MLU270'],
      [{ input_format: 4 }, 'bad-request', 'input format 4 is none'],
      [{ device: -1 }, 'bad-request', 'needs a card'],
      [{ device: 3 }, 'device', 'torch_mlu refuses set_device(3)'],
      [{ batch: 0 }, 'bad-request', 'a batch of 0'],
      [{ decode: 'twice' }, 'bad-request', 'twice'],
      [{ size: [64, 60] }, 'bad-request', 'multiples of 32'],
      [{ cores: 4 }, 'bad-request', 'no option cores'],
      [{ checkpoint: null }, 'bad-request', 'needs checkpoint and size'],
      [{ checkpoint: file('in.npy') }, 'bad-file', 'no checkpoint of PyTorch'],
    ];
    const options = JSON.stringify(cases.map(([option]) => option));
    const refusals = await pythonJson(script('refused_options'), ['online', file('int16.pt'), '', options]);
    expect(refusals).toEqual(cases.map(([, kind, message]) => [kind, expect.stringContaining(message)]));
    const { exitCode, stderr } = await online('int16.pt', 'refused', ['--core-number', '17']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('give 1 to 16') });
  });

  test('a float checkpoint and a machine without torch_mlu are told apart', async () => {
    const bare = await online('int16.pt', 'bare', [], {});
    expect(bare.exitCode).toBe(5);
    expect(bare.stderr).toMatch(/torch_mlu cannot be imported/);
    await makeCheckpoint('unquantised.pt', 'int16', '0', '*.scale', '*.quantized_mode');
    const float = await online('unquantised.pt', 'float');
    expect(float.exitCode).toBe(3);
    expect(float.stderr).toContain('backbone.backbone.stem.conv.conv has no scale');
  });
});
