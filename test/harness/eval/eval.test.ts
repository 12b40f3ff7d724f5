import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { COCO_METRICS } from '../../../reference/evaluate/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const at = (name: string): string => join(dir, name);

describe.skipIf(!hasShared)('eval of the golden results', () => {
  const files = [
    sharedPath('data', 'coco_val50', 'instances_val2017.json'),
    sharedPath('golden', 'postprocess', 'nano_416_conf0001_nms065_coco_results.json'),
  ];
  const expected = hasShared
    ? (JSON.parse(readFileSync(sharedPath('golden', 'eval', 'nano_416_val50_expected.json'), 'utf8')) as {
        stats: Record<string, number>;
        per_category_ap: Record<string, number>;
      })
    : { stats: {}, per_category_ap: {} };

  test("--json: pycocotools' 12 figures under their names, to 1e-12, and every category", async () => {
    const { exitCode, stdout } = await captureCli('eval', ...files, '--json');
    expect(exitCode).toBe(0);
    const { categories, ...figures } = JSON.parse(stdout) as Record<string, number> & {
      categories: { categoryId: number; ap: number }[];
    };
    expect(Object.keys(figures)).toEqual(COCO_METRICS.map(({ name }) => name));
    for (const [name, value] of Object.entries(expected.stats))
      expect(Math.abs(figures[name]! - value), name).toBeLessThan(1e-12);
    for (const { categoryId, ap } of categories) {
      const value = expected.per_category_ap[categoryId];
      if (ap >= 0) expect(Math.abs(ap - value!)).toBeLessThan(1e-12);
      else expect(value ?? -1).toBeLessThan(0);
    }
  });

  test("text: pycocotools' 12 lines, character for character; --categories adds a table", async () => {
    const { stdout } = await captureCli('eval', ...files);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe(' Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.324');
    expect(lines[11]).toBe(' Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = 0.708');
    const more = await captureCli('eval', ...files, '--categories');
    expect(more.stdout).toMatch(/\nperson +0\.2813 /);
  });
});

describe('eval refuses with one sentence that has the value and the fix, exit 3', () => {
  const image = { id: 1, file_name: '1.png', width: 10, height: 10 };
  beforeAll(async () => {
    const groundTruth = { images: [image], categories: [{ id: 1, name: 'a' }], annotations: [] };
    await writeFile(at('gt.json'), JSON.stringify(groundTruth));
    await writeFile(at('no-images.json'), JSON.stringify({ ...groundTruth, images: [] }));
    await writeFile(at('dt.json'), '[]');
    await writeFile(at('cut.json'), '[{"image_id": 1,');
    await writeFile(at('object.json'), '{}');
    const result = { image_id: 1, category_id: 1, bbox: [0, 0, 1, 1], score: 0.5 };
    await writeFile(at('no-score.json'), JSON.stringify([{ ...result, score: null }]));
    await writeFile(at('other-image.json'), JSON.stringify([{ ...result, image_id: 99 }]));
  });

  test.each([
    ['missing ground truth', 'no.json', 'dt.json', /no\.json/],
    ['missing results', 'gt.json', 'no.json', /no\.json/],
    ['cut-off results', 'gt.json', 'cut.json', /cut\.json: it ends in the middle of the data/],
    ['results that are no list', 'gt.json', 'object.json', /object\.json/],
    ['a result without a score', 'gt.json', 'no-score.json', /no-score\.json.*score/],
    ['results of an unknown image', 'gt.json', 'other-image.json', /other-image\.json.*99/],
    ['a ground truth without images', 'no-images.json', 'dt.json', /no-images\.json lists no images; give/],
  ])('%s', async (_, groundTruth, results, sentence) => {
    const result = await captureCli('eval', at(groundTruth), at(results));
    expect(result).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});

test('eval and compare say on stderr what is wrong with the ground truth, and stdout keeps to the figures', async () => {
  const box = { image_id: 1, category_id: 1, bbox: [0, 0, 5, 5], area: 25, iscrowd: 0 };
  const path = at('zero.json');
  const groundTruth = {
    images: [{ id: 1, file_name: '1.png', width: 10, height: 10 }],
    categories: [
      { id: 1, name: 'a' },
      { id: 2, name: 'unused' },
    ],
    annotations: [
      { ...box, id: 0 },
      { ...box, id: 7, category_id: 9 },
    ],
  };
  await writeFile(path, JSON.stringify(groundTruth));
  const results = at('found.json');
  await writeFile(results, JSON.stringify([{ image_id: 1, category_id: 1, bbox: [0, 0, 5, 5], score: 0.5 }]));
  for (const args of [
    ['eval', path, results, '--json'],
    ['compare', results, results, '--ground-truth', path, '--json'],
  ]) {
    const { exitCode, stdout, stderr } = await captureCli(...args);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /zero\.json: Annotations name a category .*\(1; annotations\[1\] \(id 7\): category_id 9\)$/,
    );
    expect(lines[1]).toMatch(/zero\.json: An annotation has the id 0, .*\(1; annotations\[0\] \(id 0\)\)$/);
  }
});
