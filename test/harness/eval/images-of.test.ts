import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';
import { runConfig } from '../../support/run-config.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

describe.skipIf(!hasShared)('results of a subset', () => {
  const dir = suiteFolder();
  const run = join(dir, 'run');
  const truth = sharedPath('data', 'coco_val50', 'instances_val2017.json');
  const results = join(run, 'detections', 'cpu-float.json');
  let ap: number;

  beforeAll(async () => {
    const { record } = await runConfig({
      weights: sharedPath('data', 'yolox_nano', 'yolox_nano.pth'),
      dataset: sharedPath('data', 'coco_val50'),
      images: 5,
      backends: ['cpu-float'],
      latency: false,
      noiseFloorImages: 0,
      out: run,
    });
    ap = record.backends[0]!.metrics!.AP!;
  });

  test('held against all images are spoken of', async () => {
    const { stdout, stderr } = await captureCli('eval', truth, results, '--json');
    expect(stderr).toMatch(/warning: .*only 5 of the 50 images have detections/);
    expect(JSON.parse(stdout).AP).toBeLessThan(ap / 2);
  });

  test('held against the images of their run give the figures of the run', async () => {
    const { stdout, stderr } = await captureCli('eval', truth, results, '--images-of', run, '--json');
    expect(stderr).not.toContain('images have detections');
    expect(JSON.parse(stdout).AP).toBe(ap);
    const compared = await captureCli(
      'compare',
      results,
      results,
      '--ground-truth',
      truth,
      '--images-of',
      run,
      '--json',
    );
    expect(JSON.parse(compared.stdout).a.AP).toBe(ap);
  });
});

test.each([
  [['a.json', 'b.json', '--ground-truth', 't.json', '--atol', '1'], '--atol belongs to tensors'],
  [['a.npy', 'b.npy', '--ground-truth', 't.json'], '--ground-truth belongs to results files'],
])('compare %j refuses the option that would do nothing', async (args, words) => {
  const { exitCode, stderr } = await captureCli('compare', ...args);
  expect(stderr).toContain(words);
  expect(exitCode).toBe(2);
});
