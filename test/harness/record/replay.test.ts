import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../../../datasets/index.ts';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { loadModel } from '../../../harness/model/load-model.ts';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { python } from '../../support/python.ts';
import { progressThat } from '../../support/progress-that.ts';
import { resumeConfig, runConfig } from '../../support/run-config.ts';
import { expectSameRun } from '../../support/run-equality.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeQuantized } from '../../support/write-quantized.ts';
import {
  furnish,
  type Json,
  makePlan,
  readJson,
  recordPlan,
  rewriteListed,
  SIZE,
  startAgent,
  WEIGHTS,
} from './recording-folder.ts';

const MLU = ['mlu-online', 'mlu-offline'] as const;

describe.skipIf(python === null)('the round trip on a detector that finds something', () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  const common: RunConfig = {
    weights: sampleWeightsPath(),
    dataset: 'scenes:6?seed=1',
    backends: ['cpu-float', ...MLU],
    noiseFloorImages: 0,
    latency: false,
  };
  let emulated: RunRecord;
  let replayed: RunRecord;

  const cache = process.env.MLU_PARITY_CACHE;
  beforeAll(async () => {
    process.env.MLU_PARITY_CACHE = at('cache');
    const run = await runConfig({
      ...common,
      ...{ calibration: 'scenes:2?seed=3', calibrationImages: 2, activations: 'float16', saveRaw: true },
      out: at('emulated'),
    });
    emulated = run.record;
    await writeQuantized(at('quantized.pt'), (await loadModel(sampleWeightsPath())).tensors);
    const { exitCode, stderr } = await captureCli(
      ...['record', 'plan', '--weights', sampleWeightsPath(), '--dataset', 'scenes:6?seed=1', '--quiet'],
      ...['--quantized', at('quantized.pt'), '--out', at('plan'), '--latency-requests', '5'],
    );
    expect(exitCode, stderr).toBe(0);
    // The outputs of the emulation are what this device gives.
    for (const name of MLU) {
      const folder = join(at('outputs'), name.replace('mlu-', ''));
      mkdirSync(folder, { recursive: true });
      for (const { id, pixelsSha256 } of readJson(at('plan'), 'plan.json').images)
        copyFileSync(join(run.folder, 'raw', name, `${id}.npy`), join(folder, `${pixelsSha256}.npy`));
    }
    await recordPlan(at('plan'), at('recording'), { outputs: at('outputs') });
    const replay = await runConfig({
      ...common,
      ...{ mluOnline: `bundle:${at('recording')}`, mluOffline: `bundle:${at('recording')}` },
      out: at('replayed'),
    });
    replayed = replay.record;
  });
  afterAll(() => {
    if (cache === undefined) delete process.env.MLU_PARITY_CACHE;
    else process.env.MLU_PARITY_CACHE = cache;
  });

  test('a replay that is stopped goes on, and not with another device', async () => {
    const controller = new AbortController();
    const progress = progressThat('images', 2, () => controller.abort());
    const bundle = `bundle:${at('recording')}`;
    const parts = { ...common, mluOnline: bundle, mluOffline: bundle, out: at('parts') };
    await runConfig(parts, { progress, signal: controller.signal });
    await expect(resumeConfig(at('parts'), { mluOnline: 'emulated' })).rejects.toMatchObject({ exitCode: 2 });
    await resumeConfig(at('parts'));
    expectSameRun(at('parts'), at('replayed'));
  });

  test('drift, differences and detections are to the last bit what the outputs give', () => {
    expect(replayed).toMatchObject({
      status: 'complete',
      verdict: { exitCode: 0 },
      warnings: ['mlu-offline: a fake export'],
    });
    for (const name of MLU) {
      const [was, is] = [emulated, replayed].map(
        ({ backends }) => backends.find((one) => one.name === name)!,
      );
      for (const part of [
        ...(['metrics', 'categories', 'precisionRecall', 'difference', 'tensorDifference'] as const),
        ...(['detectionDifference', 'decodeState', 'images', 'detections'] as const),
      ])
        expect(is![part]).toEqual(was![part]);
      expect(is!.metrics!.AP).toBeGreaterThan(0.1);
      expect(is!.tensorDifference!.identicalImages).toBe(0);
    }
    expect(replayed.drift.map(({ metrics }) => metrics)).toEqual(
      emulated.drift.map(({ metrics }) => metrics).slice(-2),
    );
  });

  test('replayed stands beside the figures, in the record, the verdict and the page', () => {
    expect(parseRunRecord(JSON.parse(JSON.stringify(replayed)))).toEqual(replayed);
    for (const backend of replayed.backends.slice(1)) {
      expect(backend).toMatchObject({
        ...{ outputProvenance: 'replayed', latencyProvenance: 'replayed', quantization: null },
        ...{ device: 'MLU270', engine: 'fake 1.0', precision: 'int16', coreNumber: 4, decoded: true },
        recordedFrom: { sha256: readJson(at('plan'), 'plan.json').backends[0].checkpoint.sha256 },
      });
      expect(Object.keys(backend)).not.toContain('emulation');
    }
    expect(replayed.verdict.sentence).toContain('mlu-online, int16 (replayed)');
    const page = readFileSync(join(at('replayed'), 'report.html'), 'utf8');
    for (const name of MLU) expect(page).toContain(`<dt>${name}, int16 (replayed)</dt>`);
    expect(page).toContain('outputs replayed');
    expect(page).not.toContain('(emulated)');
  });
});

describe.skipIf(python === null)('run on a recording', () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  let runs = 0;
  let plan: string;

  beforeAll(async () => {
    await furnish(dir, 4);
    plan = await makePlan(dir, 'plan', '--cores', '4,1', '--latency-requests', '40');
    await recordPlan(plan, at('recording'));
  });

  function config(recording: string, more: Partial<RunConfig> = {}): RunConfig {
    return {
      ...{ weights: WEIGHTS, dataset: at('coco'), size: SIZE, noiseFloorImages: 0, latency: false },
      backends: ['cpu-float', 'mlu-online'],
      mluOnline: `bundle:${recording}`,
      out: at(`run${runs++}`),
      ...more,
    };
  }

  test('times are those of the recording at each core number, and nothing is timed for it', async () => {
    const { record } = await runConfig(
      config(at('recording'), {
        ...{ backends: ['mlu-offline'], latency: true },
        ...{ mluOnline: undefined, mluOffline: `bundle:${at('recording')}` },
      } as RunConfig),
    );
    const [{ latency }] = record.backends as [RunRecord['backends'][number]];
    const recorded = readJson(at('recording'), 'recording.json').backends[1].latency;
    expect(latency.map(({ coreNumber }) => coreNumber)).toEqual([1, 4]);
    for (const point of latency) {
      const { hostMs, deviceMs } = recorded.find((one: Json) => one.coreNumber === point.coreNumber);
      expect(point).toMatchObject({ provenance: 'replayed', batch: 1, turns: 0, modelled: null });
      expect([...point.warmUpMs, ...point.host!.samplesMs]).toEqual(hostMs);
      expect(point.device!.samplesMs).toEqual(deviceMs.slice(point.warmUpMs.length));
      expect(point.output).toMatchObject({ compared: 1, bitEqual: 1, mismatched: 0 });
      expect(point.floorMs).toBeGreaterThan(0);
    }
    expect(record.backends[0]!.timedOn).toMatch(/^the host of the device, as recorded at 20/);
    expect(record.tunings).toEqual([]);
  });

  test('a core number whose outputs are others is said to have been timed on something else: exit 5', async () => {
    await recordPlan(plan, at('other core'), { otherCore: 1 });
    const { record } = await runConfig(
      config(at('other core'), { latency: true, cores: [1], latencySamples: 5 }),
    );
    expect(record.verdict.exitCode).toBe(5);
    expect(record.warnings.join()).toContain('mlu-online at core number 1: 1 of 1 timed outputs differ');
  });

  test('a core number that could not be timed is a warning', async () => {
    expect((await startAgent(plan, at('no core'), { failCore: 1 }).result).exitCode).toBe(5);
    const { record } = await runConfig(config(at('no core')));
    expect(record).toMatchObject({ verdict: { exitCode: 0 } });
    expect(record.warnings).toContain('mlu-online at core number 1: the card is busy');
  });

  test('what a stand-in recorded is emulated, and its sentence is in the description', async () => {
    await recordPlan(plan, at('stand-in'), { standIn: 'none of the vendor, for tests' });
    const { record } = await runConfig(config(at('stand-in')));
    expect(record.backends[1]).toMatchObject({
      ...{ outputProvenance: 'emulated', latencyProvenance: 'emulated', device: 'stand-in for MLU270' },
      engine: 'stand-in for fake 1.0',
    });
    expect(record.warnings).toEqual(['mlu-online: none of the vendor, for tests']);
    expect(record.verdict.sentence).toContain('mlu-online, int16 (emulated)');
    expect(JSON.stringify(record)).not.toContain('"replayed"');
  });

  test('what the device warned of is told once, whether of an export or of sessions', async () => {
    cpSync(at('recording'), at('odd'), { recursive: true });
    const recording: Json = readJson(at('odd'), 'recording.json');
    const [online] = recording.backends;
    online.warnings = ['no twins file was written'];
    online.description.warnings = ['refused its options'];
    for (const { description } of online.latency) description.warnings = ['refused its options'];
    rewriteListed(at('odd'), 'recording.json', JSON.stringify(recording));
    const { record } = await runConfig(config(at('odd')));
    expect(record.warnings).toEqual([
      'mlu-online: no twins file was written',
      'mlu-online: refused its options',
    ]);
  });

  test('a recording may be the reference, though no other input can be tried on it', async () => {
    const { record } = await runConfig(config(at('recording'), { backends: ['mlu-online', 'cpu-float'] }));
    expect(record).toMatchObject({ status: 'complete', verdict: { exitCode: 0 } });
    expect(record.backends[0]).toMatchObject({ isReference: true, outputProvenance: 'replayed' });
    expect(record.backends[1]!.decodeState).not.toBeNull();
  });

  test('a part of the recorded images may be asked for, and the right --quantized may stand beside it', async () => {
    const { record } = await runConfig(
      config(at('recording'), { imageIds: [2, 3], quantized: { 'mlu-online': at('quantized.pt') } }),
    );
    expect(record).toMatchObject({ status: 'complete', dataset: { imageIds: [2, 3] } });
  });

  test('a picture that is another one by now: that backend fails with exit 5, and says so', async () => {
    cpSync(at('coco'), at('changed'), { recursive: true });
    const grey = { width: SIZE, height: SIZE, channels: 3 as const, background: '#808080' };
    await sharp({ create: grey }).png().toFile(at('changed/images/3.png'));
    const { record } = await runConfig(config(at('recording'), { dataset: at('changed') }));
    expect(record.verdict.exitCode).toBe(5);
    expect(record.backends[1]!.failure).toMatch(/failed on 3\.png: .* has no output of these pixels/);
  });

  const refused = (recording: string, ...more: string[]) => {
    const flags = { weights: WEIGHTS, dataset: at('coco'), size: String(SIZE), out: at(`refused${runs++}`) };
    return captureCli(
      ...['run', '--backends', 'cpu-float,mlu-online', '--mlu-online', `bundle:${recording}`, '--no-latency'],
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
      ...['--quiet', ...more],
    );
  };

  test.each<[string, string[], RegExp]>([
    [
      'other weights',
      ['--weights', 'random:yolox-nano?seed=2'],
      /for the weights random:yolox-nano\?seed=1 .* give those --weights/,
    ],
    ['another size', ['--size', '96'], /at 64x64, and this run is at 96x96; give --size 64/],
    ['other preprocessing', ['--legacy'], /without legacy preprocessing, .* leave out --legacy/],
    ['other scales', ['--quantized', 'OTHER'], /with the quantised checkpoint quantized\.pt /],
    ['other images', ['--dataset', 'MORE'], /2 of 6 images were not recorded, the first 5\.png \(id 5\)/],
  ])('refused before anything runs, exit 3: %s', async (_, more, sentence) => {
    await furnish(at('more'), 6);
    writeFileSync(at('other.pt'), Buffer.concat([readFileSync(at('quantized.pt')), Buffer.of(0)]));
    const args = more.map((one) => ({ OTHER: at('other.pt'), MORE: at('more/coco') })[one] ?? one);
    const { exitCode, stdout, stderr } = await refused(at('recording'), ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    [
      'boxes that the device did not decode',
      (folder) =>
        spoil(folder, 'recording.json', ({ backends: [online] }) => {
          online.description.decoded = false;
        }),
      /says it did not decode/,
    ],
    [
      'another plan beside it',
      (folder) =>
        spoil(folder, 'plan.json', (found) => {
          found.classes = 79;
        }),
      /recording\.json is of another plan\.json/,
    ],
    [
      'no such backend',
      (folder) =>
        spoil(folder, 'recording.json', (found) => {
          found.backends = found.backends.slice(1);
        }),
      /it holds mlu-offline/,
    ],
    [
      'an image too few',
      (folder) =>
        spoil(folder, 'recording.json', ({ backends: [online] }) => {
          online.images.pop();
        }),
      /do not have the same images/,
    ],
    [
      'times of a core number that was not planned',
      (folder) =>
        spoil(folder, 'recording.json', ({ backends: [online] }) => {
          online.latency[0].coreNumber = 2;
        }),
      /core number 2 are not planned/,
    ],
  ])('refused, exit 3: %s', async (_, harm, sentence) => {
    const folder = at(`harmed${runs++}`);
    cpSync(at('recording'), folder, { recursive: true });
    harm(folder);
    const { exitCode, stderr } = await refused(folder);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(sentence);
  });

  test('a folder that is no recording, and bench and tune, which take none', async () => {
    expect(await refused(at('gone'))).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('no SHA256SUMS'),
    });
    for (const command of ['bench', 'tune']) {
      const backend = command === 'bench' ? '--backends' : '--backend';
      const bundle = ['--mlu-online', `bundle:${at('recording')}`];
      const result = await captureCli(command, '--weights', WEIGHTS, backend, 'mlu-online', ...bundle);
      expect(result).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('is no place for mlu-online'),
      });
    }
  });

  function spoil(folder: string, file: string, change: (json: Json) => void): void {
    const json = readJson(folder, file);
    change(json);
    rewriteListed(folder, file, JSON.stringify(json));
  }
});
