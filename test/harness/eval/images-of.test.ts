import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../reports/index.ts';
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

  test('what a results file holds of other images is left out', async () => {
    const { images } = JSON.parse(await readFile(truth, 'utf8')) as { images: { id: number }[] };
    const ran = new Set(
      (JSON.parse(await readFile(join(run, 'run.json'), 'utf8')) as RunRecord).dataset.imageIds,
    );
    const other = images.find(({ id }) => !ran.has(id))!.id;
    const own = JSON.parse(await readFile(results, 'utf8')) as object[];
    const more = join(dir, 'more.json');
    const stranger = { image_id: other, category_id: 1, bbox: [0, 0, 9, 9], score: 1 };
    await writeFile(more, JSON.stringify([...own, stranger]));
    const { stdout } = await captureCli('eval', truth, more, '--images-of', run, '--json');
    expect(JSON.parse(stdout).AP).toBe(ap);
    const flags = ['--ground-truth', truth, '--images-of', run, '--json'];
    const compared = await captureCli('compare', results, more, ...flags);
    expect(JSON.parse(compared.stdout).difference.AP).toBe(0);
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
