import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BackendFactory } from '../../../harness/backends/backend.ts';
import { type BenchTools, bench } from '../../../harness/bench/bench.ts';
import { type BenchConfig, resolveBenchOptions } from '../../../harness/bench/bench-options.ts';
import { drawTable } from '../../../harness/terminal/draw-table.ts';
import { silentProgress } from '../../../harness/terminal/progress.ts';
import { type BenchRecord, benchRecordSchema, benchSummary } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { spawnCli } from '../../support/spawn-cli.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { type FakeBackendOptions, FakeMachine, fakeBackend } from '../latency/fake-machine.ts';

const dir = suiteFolder();
const coco = join(dir, 'coco');
const WEIGHTS = 'random:yolox-nano?seed=1';
const QUICK = { weights: WEIGHTS, size: 64, latencySamples: 5 } as const;
const MODEL = { weights: WEIGHTS, size: 64 } as const;

/** These in the place of the backends that would be measured. */
const injected = (...factories: BackendFactory[]): Pick<BenchTools, 'measured'> => ({
  measured: async () => ({ factories, warnings: [] }),
});

const TOOLS: BenchTools = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date(),
};

beforeAll(async () => {
  await makeCocoFolder(coco, 3);
});

const benchOf = (config: BenchConfig, tools: Partial<BenchTools> = {}) =>
  bench(resolveBenchOptions({ ...QUICK, ...config }), { ...TOOLS, ...tools });

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
    const pixelsOf = async (seed: number): Promise<string[]> => {
      const seen = new Set<string>();
      const watched = fakeBackend('cpu-float', new FakeMachine(), {
        onInput: ({ data }) => seen.add(hash('sha1', data.slice())),
      });
      const { record } = await benchOf({ seed, cores: [1], batch: [1, 2] }, injected(watched));
      expect(record.input).toMatchObject({ kind: 'synthetic', images: 2, size: [64, 64] });
      // Two images one by one for the scored outputs, the first again and both at once for the time.
      expect(seen.size).toBe(3);
      return [...seen].sort();
    };
    const pixels = await pixelsOf(1);
    expect(await pixelsOf(1)).toEqual(pixels);
    expect(await pixelsOf(2)).not.toEqual(pixels);
  });

  test('beside a card the CPU is timed with the cores that it has, which the record says; the card with all asked for', async () => {
    const all = availableParallelism();
    const { record, exitCode } = await benchOf({
      backends: ['cpu-float', 'mlu-offline'],
      card: 'mlu290',
      cores: [1, 64],
    });
    expect(exitCode).toBe(0);
    const cores = record.backends.map(({ latency }) => latency.map(({ coreNumber }) => coreNumber));
    expect(cores).toEqual([all < 64 ? [1] : [1, 64], [1, 64]]);
    if (all < 64) expect(record.warnings).toEqual([expect.stringMatching(/^--cores 64: only the card has/)]);
  });

  test('modelled backends: device time without samples, labelled, above the floor; nothing is opened for them', async () => {
    const options = resolveBenchOptions({
      ...MODEL,
      ...{ backends: ['mlu-online', 'mlu-offline'], size: 640, batch: [1, 4] },
    });
    const { record } = await bench(options, TOOLS);
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
      const options = resolveBenchOptions({ ...MODEL, backends: ['mlu-offline'], ...config });
      const { record } = await bench(options, TOOLS);
      return record.backends[0]!.latency.map(({ device }) => device!.p50Ms);
    };
    expect(await at({ card: 'mlu220' })).toHaveLength(3);
    expect(await at({ card: 'mlu290' })).toHaveLength(7);
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
      { signal: controller.signal, progress },
    );
    expect(exitCode).toBe(130);
    expect(record).toMatchObject({ status: 'incomplete', stoppedBy: 'interrupted by the user' });
    const [float, offline] = record.backends;
    expect(float!.latency.map(({ coreNumber }) => coreNumber)).toEqual([1, 2]);
    expect(float!.latency[0]!.notes.join()).toMatch(/stopped after \d+ of 60 samples/);
    expect(offline!.latency).toHaveLength(2);
  });
});

describe('what goes wrong with a backend', () => {
  const ok = fakeBackend('null', new FakeMachine());
  const broken = (options: FakeBackendOptions) => fakeBackend('cpu-float', new FakeMachine(), options);
  const config: BenchConfig = { backends: ['null', 'cpu-float'], cores: [1, 2] };

  test('one that fails at a core number: exit 5, a reason, and every other point', async () => {
    const failing = broken({ failsAt: ({ cores, purpose }) => purpose === 'latency' && cores === 2 });
    const { record, exitCode } = await benchOf(config, injected(ok, failing));
    expect(exitCode).toBe(5);
    expect(record.status).toBe('complete');
    const reason = 'the backend cpu-float at core number 2, batch 1 failed while it was timed: device lost';
    expect(record.failures).toEqual([{ backend: 'cpu-float', reason }]);
    expect(record.backends.map(({ name, latency }) => [name, latency.length])).toEqual([
      ['null', 2],
      ['cpu-float', 1],
    ]);
    expect(benchSummary(record, drawTable)).toContain(`\n\nfailed: ${reason}\n\n`);
  });

  test('where all fail the summary says why, and that there is no point', async () => {
    const { record, exitCode } = await benchOf(
      { cores: [1] },
      injected(broken({ failsAt: ({ purpose }) => purpose === 'accuracy' })),
    );
    expect(exitCode).toBe(5);
    expect(record.backends).toEqual([]);
    expect(benchSummary(record, drawTable)).toMatch(
      /\n\nfailed: the backend cpu-float failed before it could be timed: device lost\n\nNo point was finished\.$/,
    );
  });

  test('timed outputs that are not the scored ones: exit 5, and a warning with backend and core number', async () => {
    const spoilt = broken({ spoil: (output, { cores }) => cores === 2 && output.fill(1e9) });
    const { record, exitCode } = await benchOf(config, injected(ok, spoilt));
    expect(exitCode).toBe(5);
    expect(record).toMatchObject({ status: 'complete', failures: [] });
    const warning = expect.stringMatching(/^cpu-float at core number 2, batch 1: \d+ of \d+ timed outputs/);
    expect(record.warnings).toEqual([warning]);
    expect(benchSummary(record, drawTable)).toContain('\n\nwarning: cpu-float at core number 2');
  });

  test('each finished point is saved at once, so that a defect in a later one loses nothing', async () => {
    const saved: BenchRecord[] = [];
    const save = async (record: BenchRecord): Promise<void> => {
      saved.push(benchRecordSchema.parse(JSON.parse(JSON.stringify(record))));
    };
    const defective = broken({
      onInput: () => {
        if (saved.length >= 2) throw new TypeError('a defect');
      },
    });
    // Three points, each in one turn: at most two are finished before there are two in the record.
    const run = benchOf({ ...config, cores: [1, 2, 3] }, { ...injected(ok, defective), save });
    await expect(run).rejects.toThrow('a defect');
    expect(saved.length).toBeGreaterThanOrEqual(2);
    const points = saved.map(({ backends }) => backends.flatMap(({ latency }) => latency).length);
    expect(points).toEqual(saved.map((_, index) => index + 1));
    for (const record of saved) {
      expect(record).toMatchObject({ status: 'incomplete', stoppedBy: 'ended while latency was measured' });
    }
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

  test('a kill leaves in --out what was finished', async () => {
    const out = join(dir, 'killed.json');
    const points = ['--size', '416', '--cores', '1,2', '--batch', '1,2,4,8', '--latency-samples', '15'];
    const { child, result } = spawnCli(['bench', '--weights', WEIGHTS, ...points, '--out', out, '--quiet']);
    await expect.poll(() => existsSync(out), { timeout: 60_000 }).toBe(true);
    child.kill('SIGKILL');
    await expect(result).rejects.toThrow('SIGKILL');
    const record = benchRecordSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(record).toMatchObject({ status: 'incomplete', stoppedBy: 'ended while latency was measured' });
    const finished = record.backends.flatMap(({ latency }) => latency);
    expect(finished.length).toBeGreaterThanOrEqual(1);
    expect(finished.length).toBeLessThan(8);
    for (const { host } of finished) expect(host!.samplesMs.length).toBe(15);
  });

  test('--json: the record alone', async () => {
    const { stdout } = await captureCli(...args('--backends', 'mlu-online', '--json'));
    expect(benchRecordSchema.parse(JSON.parse(stdout)).backends[0]!.latency).toHaveLength(5);
  });

  test.each([
    ['no weights', ['bench'], 'nothing to time: give --weights FILE'],
    [
      'an unknown backend',
      args('--backends', 'gpu'),
      '--backends gpu cannot be: it must be one of cpu-float',
    ],
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
      '--cores 8 cannot be: the MLU220 has 4 cores',
    ],
    [
      'a picture for a model',
      args('--backends', 'mlu-online', '--image', 'a.jpg'),
      '--image a.jpg has no effect',
    ],
    ['two inputs', args('--image', 'a.jpg', '--dataset', 'b'), '--image and --dataset both name'],
    ['a split of nothing', args('--split', 'val'), '--split val has no effect'],
    ['int16 without scales', args('--backends', 'int16'), 'the backend int16 has no input scales'],
    ['bits of nothing', args('--bits', '8'), '--bits 8 has no effect'],
    ['scales of nothing', args('--backends', 'null', '--calibration', 'x'), '--calibration x has no effect'],
    [
      'scales of a model',
      args('--backends', 'mlu-offline', '--calibration', 'x'),
      '(a modelled backend takes no scales)',
    ],
    [
      'a checkpoint of a model',
      args('--backends', 'int16,mlu-online', '--quantized', 'int16=a.pt', '--quantized', 'mlu-online=b.pt'),
      '--quantized mlu-online=b.pt has no effect: of --backends only int16 takes scales',
    ],
    [
      'an engine of a model',
      args('--backends', 'mlu-online', '--engine', 'tfjs'),
      '--engine tfjs has no effect',
    ],
    ['an engine of null', args('--backends', 'null', '--engine', 'tfjs'), '--engine tfjs has no effect'],
    ['pictures of a model', args('--backends', 'mlu-online', '--legacy'), '--legacy has no effect'],
    ['no pictures', args('--legacy'), '--legacy has no effect without --image, --dataset or --calibration'],
    ['a seed of a model', args('--backends', 'mlu-online', '--seed', '1'), '--seed 1 has no effect'],
    [
      'samples of a model',
      args('--backends', 'mlu-online', '--latency-samples', '9'),
      '--latency-samples 9 has no effect',
    ],
    [
      'seconds of a model',
      args('--backends', 'mlu-online,mlu-offline', '--latency-seconds', '9'),
      '--latency-seconds 9 has no effect',
    ],
    ['a folder that is not there', args('--out', '/no/such/folder/a.json'), 'cannot write --out'],
    ['a file that is there', args('--out', import.meta.dirname), 'exists already'],
    ['an empty batch', args('--batch', '0'), '--batch 0 cannot be: it must be at least 1'],
  ])('%s: exit 2 and a sentence', async (_, line, sentence) => {
    const { exitCode, stdout, stderr } = await captureCli(...line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});
