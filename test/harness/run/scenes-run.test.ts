import { readFileSync, statSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SCENE_CATEGORIES, sampleWeightsPath } from '../../../datasets/index.ts';
import { loadModel } from '../../../harness/model/load-model.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const weights = sampleWeightsPath();
const { training, evaluation, file } = JSON.parse(readFileSync(join(weights, '../figures.json'), 'utf8'));

const dir = suiteFolder();
const cache = join(dir, 'cache');
beforeEach(() => {
  vi.stubEnv('MLU_PARITY_CACHE', cache);
  return () => vi.unstubAllEnvs();
});

describe('the sample weights', () => {
  test('are those of the figures, small, and a YOLOX with a class for each category of the scenes', async () => {
    const model = await loadModel(weights);
    expect(model.sha256).toBe(file.sha256);
    expect(statSync(weights).size).toBeLessThan(1.5e6);
    expect(model.parameters).toBe(training.parameters);
    expect(model.variant).toMatchObject({
      ...{ baseChannels: 8, backboneRepeats: 1, neckRepeats: 1, depthwise: false },
      ...{ classes: SCENE_CATEGORIES.length, batchNorm: true },
    });
    expect(Object.keys(evaluation.figures.categories).map(Number)).toEqual(
      SCENE_CATEGORIES.map(({ id }) => id),
    );
  });

  /**
   * Two programs that share nothing but the pixels (torch against onnxruntime, each with its own NMS and COCO evaluation): what
   * is left is the rounding of float32, which moves a box across a threshold here and there.
   */
  const TOLERANCE = 0.0005;

  test('run finds the figures that the training program found, on scenes never trained on', async () => {
    expect(evaluation.dataset).not.toContain(`seed=${training.seed}`);
    const { size, conf, nms } = evaluation;
    const { record } = await runConfig({
      ...{ weights, dataset: evaluation.dataset, size, conf, nms, out: join(dir, 'figures') },
      ...{ backends: ['cpu-float'], latency: false, noiseFloorImages: 0 },
    });
    expect(record.dataset.images).toBe(200);
    expect(record.warnings).toEqual([]);
    const [{ metrics }] = record.backends as [(typeof record.backends)[0]];
    for (const name of ['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl'] as const) {
      expect(Math.abs(metrics![name]! - evaluation.figures[name]), name).toBeLessThanOrEqual(TOLERANCE);
    }
    expect(metrics!.AP).toBeGreaterThan(0.5);
    expect(metrics!.AP50).toBeGreaterThan(0.75);
  });
});

describe('scenes:COUNT?seed=N in the place of a folder', () => {
  const RUN = [
    'run',
    '--weights',
    weights,
    '--size',
    '64',
    '--no-latency',
    '--noise-floor-images',
    '0',
    '--json',
  ];

  test('as data set and for calibration', async () => {
    const options = [
      '--dataset',
      'scenes:3?seed=1',
      '--calibration',
      'scenes:2?seed=3',
      '--out',
      join(dir, 'both'),
    ];
    const { exitCode, stdout, stderr } = await captureCli(...RUN, ...options);
    expect(exitCode, stdout).toBe(0);
    expect(stderr).toContain('scenes drawn');
    const record = JSON.parse(stdout);
    expect(record.dataset).toMatchObject({ name: 'scenes-3-seed-1-v2', imageIds: [1, 2, 3] });
    expect(record.backends[1].quantization.source).toMatchObject({
      images: 2,
      description: '2 images of scenes-2-seed-3-v2, absmax × 1',
    });
    expect(await readdir(join(cache, 'scenes'))).toEqual(
      expect.arrayContaining(['scenes-2-seed-3-v2', 'scenes-3-seed-1-v2']),
    );
  });

  test.each([
    ['--dataset', 'scenes:0', 'scenes:2'],
    ['--calibration', 'scenes:2?sed=3', 'scenes:2'],
  ])('%s %s is a wrong option: exit code 2, and the form that is right', async (option, value, other) => {
    const rest = option === '--dataset' ? ['--calibration', other] : ['--dataset', other];
    const { exitCode, stdout } = await captureCli(...RUN, option, value, ...rest, '--out', join(dir, 'none'));
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.message).toContain(`'${value}': write scenes:COUNT?seed=N`);
  });

  test('a cache that cannot be written: exit code 3, and the folder', async () => {
    const taken = join(dir, 'taken');
    await writeFile(taken, '');
    vi.stubEnv('MLU_PARITY_CACHE', taken);
    const options = ['--backends', 'cpu-float', '--dataset', 'scenes:1', '--out', join(dir, 'none')];
    const { exitCode, stdout } = await captureCli(...RUN, ...options);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout).error.message).toContain(taken);
  });
});
