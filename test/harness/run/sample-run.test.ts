import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { spawnCli } from '../../support/spawn-cli.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

/** What `npm start` starts, on a few of its scenes. */
const ARGS = [
  'run',
  '--images',
  '6',
  '--latency-samples',
  '5',
  '--cores',
  '1,2',
  '--noise-floor-images',
  '1',
];

describe('run without weights and data', () => {
  const dir = suiteFolder();
  const out = (name: string): string => join(dir, name);
  const detectionsOf = (name: string, backend: string): string =>
    readFileSync(join(out(name), 'detections', `${backend}.json`), 'utf8');
  const cache = process.env.MLU_PARITY_CACHE;
  let stderr: string;
  let stdout: string;
  let record: RunRecord;

  beforeAll(async () => {
    process.env.MLU_PARITY_CACHE = join(dir, 'cache');
    const first = await spawnCli([...ARGS, '--out', out('first')]).result;
    expect(first.exitCode, first.stderr).toBe(0);
    ({ stdout, stderr } = first);
    record = parseRunRecord(JSON.parse(readFileSync(join(out('first'), 'run.json'), 'utf8')));
  });
  afterAll(() => {
    if (cache === undefined) delete process.env.MLU_PARITY_CACHE;
    else process.env.MLU_PARITY_CACHE = cache;
  });

  test('says what stands in, and runs all four backends, each with where its figures come from', () => {
    expect(stderr).toContain(
      'no --weights and no --dataset: running the sample detector on scenes:64?seed=1',
    );
    expect(record.dataset).toMatchObject({ images: 6, imagesAvailable: 64, categories: 12 });
    expect(record.options.size).toEqual([224, 224]);
    const provenance = record.backends.map((backend) => [
      backend.name,
      backend.outputProvenance,
      ...new Set(backend.latency.map((point) => point.provenance)),
    ]);
    expect(provenance).toEqual([
      ['cpu-float', 'measured', 'measured'],
      ['int16', 'emulated', 'measured'],
      ['mlu-online', 'emulated', 'modelled'],
      ['mlu-offline', 'emulated', 'modelled'],
    ]);
    for (const { detections, failure } of record.backends) {
      expect(failure).toBeNull();
      expect(detections).toBeGreaterThan(0);
    }
  });

  test('finds objects, shows the drift step by step, and what the model says of core numbers', () => {
    expect(record.backends[0]!.metrics!.AP50).toBeGreaterThan(0.5);
    expect(record.drift.map(({ to }) => to)).toEqual(['int16', 'mlu-online', 'mlu-offline']);
    const [tuning] = record.tunings;
    expect(tuning!.source).toMatchObject({ backend: 'mlu-offline', latencyProvenance: 'modelled' });
    expect(stdout).toContain('Core number of mlu-offline on MLU270 (modelled)');
    expect(stdout).toMatch(/^ct\.set_core_number\(\d+\)/m);
    const page = readFileSync(join(out('first'), 'report.html'), 'utf8');
    for (const id of ['drift-waterfall', 'pareto-front-0', 'scaling-fit-0'])
      expect(page).toContain(`id="${id}"`);
    expect(page).toContain('Core number of mlu-offline on MLU270 (modelled)');
  });

  test('a second run gives the same figures and detections to the bit', async () => {
    const again = await spawnCli([...ARGS, '--no-latency', '--out', out('second')].filter(isNotOfLatency))
      .result;
    expect(again.exitCode, again.stderr).toBe(0);
    const second = parseRunRecord(JSON.parse(readFileSync(join(out('second'), 'run.json'), 'utf8')));
    for (const [i, { name, metrics }] of record.backends.entries()) {
      expect(second.backends[i]!.metrics).toEqual(metrics);
      expect(detectionsOf('second', name) === detectionsOf('first', name), name).toBe(true);
    }
  });

  test('detect names the classes of the sample weights, and takes their size', async () => {
    const [picture] = readdirSync(join(dir, 'cache', 'scenes')).flatMap((folder) =>
      readdirSync(join(dir, 'cache', 'scenes', folder, 'images'))
        .slice(0, 1)
        .map((name) => join(dir, 'cache', 'scenes', folder, 'images', name)),
    );
    const sample = join(import.meta.dirname, '../../../datasets/sample/yolox-scenes.pth');
    const { exitCode, stdout } = await captureCli('detect', picture!, '--weights', sample, '--conf', '0.05');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /traffic light|stop sign|umbrella|frisbee|sports ball|kite|bottle|orange|donut|tv|book|clock/,
    );
    expect(stdout).not.toMatch(/class \d/);
  });

  test('weights without data, and data without weights, are each told what is missing', async () => {
    for (const [given, missing] of [
      ['--weights', '--dataset'],
      ['--dataset', '--weights'],
    ] as const) {
      const { exitCode, stderr: said } = await captureCli('run', given, 'x');
      expect(said).toContain(`${missing} is missing`);
      expect(exitCode).toBe(2);
    }
  });

  describe('with a tuning made before', () => {
    const tuned = ['tune', '--backend', 'mlu-online', '--quiet', '--cores', '1,4'];
    const runArgs = [
      'run',
      '--images',
      '1',
      '--no-latency',
      '--noise-floor-images',
      '0',
      '--backends',
      'cpu-float',
    ];
    const sample = join(import.meta.dirname, '../../../datasets/sample/yolox-scenes.pth');

    test('of these weights: it stands in the record and on the page', async () => {
      const file = out('tuned.json');
      const made = await captureCli(...tuned, '--weights', sample, '--size', '224', '--out', file);
      expect(made.exitCode).toBe(0);
      const { exitCode } = await captureCli(...runArgs, '--tuning', file, '--out', out('with-tuning'));
      expect(exitCode).toBe(0);
      const { tunings } = parseRunRecord(
        JSON.parse(readFileSync(join(out('with-tuning'), 'run.json'), 'utf8')),
      );
      expect(tunings).toEqual([JSON.parse(readFileSync(file, 'utf8'))]);
      const page = readFileSync(join(out('with-tuning'), 'report.html'), 'utf8');
      expect(page).toContain('Core number of mlu-online on MLU270 (modelled)');
    });

    test.each([
      [
        'of other weights',
        /it is of random:yolox-nano\?seed=1 at 224x224, and this run is of yolox-scenes\.pth/,
      ],
      ['that is none', /cannot use the tuning .*: (schema|top level): /],
      ['that is not there', /cannot read the tuning .* \(ENOENT\)/],
    ])('%s: refused', async (what, sentence) => {
      mkdirSync(dir, { recursive: true });
      const file = out(`${what}.json`);
      if (what === 'of other weights') {
        await captureCli(...tuned, '--weights', 'random:yolox-nano?seed=1', '--size', '224', '--out', file);
      } else if (what === 'that is none') {
        writeFileSync(file, '{"schema": 1');
      }
      const { exitCode, stderr: said } = await captureCli(
        ...runArgs,
        '--tuning',
        file,
        '--out',
        out(`run ${what}`),
      );
      expect(said).toMatch(sentence);
      expect(exitCode).toBe(3);
    });
  });
});

/** Options of timing, which mean nothing without it. */
function isNotOfLatency(_: string, index: number, all: readonly string[]): boolean {
  const names = ['--latency-samples', '--cores'];
  return !names.includes(all[index]!) && !names.includes(all[index - 1] ?? '');
}
