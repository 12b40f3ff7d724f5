import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bench } from '../../../harness/bench/bench.ts';
import { type BenchConfig, resolveBenchOptions } from '../../../harness/bench/bench-options.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { type BenchRecord, benchRecordSchema } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const coco = join(dir, 'coco');
const WEIGHTS = 'random:yolox-nano?seed=1';
const QUICK = { weights: WEIGHTS, size: 64, latencySamples: 5 } as const;

beforeAll(async () => {
  await makeCocoFolder(coco, 3);
});

const benchOf = (config: BenchConfig, controller = new AbortController(), progress = silentProgress) =>
  bench(resolveBenchOptions({ ...QUICK, ...config }), {
    progress,
    signal: controller.signal,
    now: () => new Date(),
  });

describe('bench', () => {
  test('every backend at every core number and batch, in order, on pictures', async () => {
    const { record, exitCode } = await benchOf({
      backends: ['null', 'cpu-float', 'int8', 'mlu-offline'],
      calibration: coco,
      dataset: coco,
      cores: [2, 1],
      batch: [1, 3],
    });
    expect(exitCode).toBe(0);
    expect(benchRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(record).toMatchObject({
      status: 'complete',
      failures: [],
      input: { kind: 'pictures', images: 3 },
    });
    expect(record.backends.map(({ name }) => name)).toEqual(['null', 'cpu-float', 'int8', 'mlu-offline']);
    for (const { latency } of record.backends) {
      expect(latency.map(({ batch, coreNumber }) => [batch, coreNumber])).toEqual([
        [1, 1],
        [1, 2],
        [3, 1],
        [3, 2],
      ]);
    }
    for (const { latency } of record.backends.slice(0, 3)) {
      for (const { output, host, provenance } of latency) {
        expect(provenance).toBe('measured');
        expect(host!.samplesMs).toHaveLength(5);
        expect(output).toMatchObject({ mismatched: 0 });
      }
    }
  });

  test('without pictures it says that the input is synthetic, and is the same for the same seed', async () => {
    const { record } = await benchOf({ backends: ['cpu-float'], cores: [1] });
    expect(record.input).toMatchObject({ kind: 'synthetic', images: 1, size: [64, 64] });
  });

  test('modelled backends: device time without samples, labelled, above the floor; nothing is opened for them', async () => {
    const { record } = await benchOf({ backends: ['mlu-online', 'mlu-offline'], size: 640, batch: [1, 4] });
    expect(record.input.kind).toBe('none');
    const [online, offline] = record.backends as [BenchRecord['backends'][0], BenchRecord['backends'][0]];
    expect(offline.latency.map(({ coreNumber }) => coreNumber)).toEqual([1, 2, 4, 8, 16, 1, 2, 4, 8, 16]);
    for (const [i, point] of offline.latency.entries()) {
      expect(point).toMatchObject({ provenance: 'modelled', host: null, output: null, turns: 0 });
      expect(point.device!.p50Ms).toBeGreaterThan(point.floorMs!);
      expect(point.modelled!.layersMs + point.modelled!.synchronisationMs).toBeCloseTo(
        point.device!.p50Ms,
        9,
      );
      expect(online.latency[i]!.device!.p50Ms).toBeGreaterThan(point.device!.p50Ms);
    }
    expect([online, offline].map(({ device, outputProvenance }) => [device, outputProvenance])).toEqual([
      ['MLU270', 'modelled'],
      ['MLU270', 'modelled'],
    ]);
  });

  test('a card has the core numbers that it has, and bits and activations change its times', async () => {
    const at = async (config: BenchConfig): Promise<number[]> => {
      const { record } = await benchOf({ backends: ['mlu-offline'], ...config });
      return record.backends[0]!.latency.map(({ device }) => device!.p50Ms);
    };
    expect(await at({ card: 'mlu220' })).toHaveLength(3);
    const [plain] = await at({ cores: [4], size: 640 });
    expect((await at({ cores: [4], size: 640, activations: 'float16' }))[0]!).toBeLessThan(plain!);
    expect((await at({ cores: [1], size: 640, bits: 8 }))[0]!).toBeLessThan(
      (await at({ cores: [1], size: 640 }))[0]!,
    );
  });

  test('Ctrl-C: what was begun is kept, the record says so, exit 130', async () => {
    const controller = new AbortController();
    let turns = 0;
    const progress = {
      ...silentProgress,
      advance: () => {
        if (++turns === 5) controller.abort();
      },
    };
    const { record, exitCode } = await benchOf(
      { backends: ['cpu-float', 'mlu-offline'], cores: [1, 2], latencySamples: 60 },
      controller,
      progress,
    );
    expect(exitCode).toBe(130);
    expect(record).toMatchObject({ status: 'incomplete', stoppedBy: 'interrupted by the user' });
    const [float, offline] = record.backends;
    expect(float!.latency.map(({ coreNumber }) => coreNumber)).toEqual([1, 2]);
    expect(float!.latency[0]!.notes.join()).toMatch(/stopped after \d+ of 60 samples/);
    expect(offline!.latency).toHaveLength(2);
  });
});

describe('the command', () => {
  const args = (...more: string[]) => ['bench', '--weights', WEIGHTS, '--size', '64', '--quiet', ...more];

  test('a table with names, provenance, intervals or reasons; --out writes the record', async () => {
    const out = join(dir, 'bench.json');
    const { exitCode, stdout, stderr } = await captureCli(
      ...args(
        '--backends',
        'cpu-float,mlu-offline',
        '--cores',
        '1,2',
        '--latency-samples',
        '8',
        '--out',
        out,
      ),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^YOLOX-nano \(random:yolox-nano\?seed=1\) at 64x64 on synthetic noise/);
    expect(stdout).toMatch(/\ncpu-float · 2 threads +measured +host .* 8 /);
    expect(stdout).toMatch(/\nmlu-offline, int16 \(modelled\) · 2 cores +modelled +device /);
    expect(stdout).toContain('p95 needs 130 samples');
    expect(stdout).toContain('was measured nowhere');
    expect(benchRecordSchema.parse(JSON.parse(readFileSync(out, 'utf8'))).backends).toHaveLength(2);
  });

  test('--json: the record alone', async () => {
    const { stdout } = await captureCli(...args('--backends', 'mlu-online', '--json'));
    expect(benchRecordSchema.parse(JSON.parse(stdout)).backends[0]!.latency).toHaveLength(5);
  });

  test.each([
    ['no weights', ['bench'], 'nothing to time: give --weights FILE'],
    ['an unknown backend', args('--backends', 'gpu'), '\'backends.0\' is "gpu"'],
    ['a backend twice', args('--backends', 'null,null'), '--backends names null twice'],
    ['a card for no model', args('--card', 'mlu220'), '--card mlu220 has no effect'],
    [
      'float16 activations of no model',
      args('--activations', 'float16'),
      '--activations float16 has no effect',
    ],
    [
      'more cores than the card has',
      args('--backends', 'mlu-offline', '--card', 'mlu220', '--cores', '8'),
      '--cores 8 cannot be modelled: the MLU220 has 4 cores',
    ],
    [
      'a picture for a model',
      args('--backends', 'mlu-online', '--image', 'a.jpg'),
      '--image a.jpg has no effect',
    ],
    ['two inputs', args('--image', 'a.jpg', '--dataset', 'b'), '--image and --dataset both name'],
    ['a split of nothing', args('--split', 'val'), '--split val has no effect'],
    ['int16 without scales', args('--backends', 'int16'), 'the backend int16 has no input scales'],
    ['bits of nothing', args('--bits', '8'), '--bits has no effect'],
    ['scales of nothing', args('--backends', 'null', '--calibration', 'x'), '--calibration has no effect'],
    ['a folder that is not there', args('--out', '/no/such/folder/a.json'), 'cannot write --out'],
    ['a file that is there', args('--out', import.meta.dirname), 'exists already'],
    ['an empty batch', args('--batch', '0'), "'batch.0' is 0"],
  ])('%s: exit 2 and a sentence', async (_, line, sentence) => {
    const { exitCode, stdout, stderr } = await captureCli(...line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});
