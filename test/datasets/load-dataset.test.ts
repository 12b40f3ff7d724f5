import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type Dataset, loadDataset, locateDataset } from '../../datasets/index.ts';
import { hasShared, sharedPath } from '../support/shared.ts';
import { scratchFolder } from './scratch.ts';
import { smallGroundTruth } from './small-ground-truth.ts';

const png = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })
    .png()
    .toBuffer();

async function smallFolder(change: (groundTruth: ReturnType<typeof smallGroundTruth>) => void = () => {}) {
  const groundTruth = smallGroundTruth();
  change(groundTruth);
  return scratchFolder({
    'instances.json': JSON.stringify(groundTruth),
    'images/a.png': await png(20, 10),
    'images/b.png': await png(30, 30),
    'images/c.png': await png(8, 8),
  });
}

const codes = ({ health }: Dataset) => health.map(({ code, severity }) => `${severity} ${code}`);

describe('loadDataset', () => {
  test('all images: samples with their paths, counts, the hash of the annotation file, nothing wrong', async () => {
    const dir = await smallFolder();
    const dataset = await loadDataset(await locateDataset({ dir }));
    expect(dataset.samples).toEqual([
      { id: 1, fileName: 'a.png', path: join(dir, 'images', 'a.png'), width: 20, height: 10 },
      { id: 2, fileName: 'b.png', path: join(dir, 'images', 'b.png'), width: 30, height: 30 },
      { id: 7, fileName: 'c.png', path: join(dir, 'images', 'c.png'), width: 8, height: 8 },
    ]);
    expect(dataset.counts).toEqual({
      images: 3,
      allImages: 3,
      annotations: 3,
      allAnnotations: 3,
      categories: 2,
    });
    const bytes = readFileSync(join(dir, 'instances.json'));
    expect(dataset.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(dataset.health).toEqual([]);
  });

  test('a selection restricts images and annotations and keeps all categories', async () => {
    const location = await locateDataset({ dir: await smallFolder() });
    const dataset = await loadDataset(location, { images: ['b.png'] });
    expect(dataset.groundTruth.annotations.map(({ id }) => id)).toEqual([12, 13]);
    expect(dataset.groundTruth.categories).toHaveLength(2);
    expect(dataset.counts).toMatchObject({ images: 1, allImages: 3, annotations: 2, allAnnotations: 3 });
    expect((await loadDataset(location, { count: 2, seed: 1 })).samples).toHaveLength(2);
  });

  test('a list file: an id or file name a line, comments after #', async () => {
    const dir = await smallFolder();
    const lists = await scratchFolder({
      good: '\ufeff# two of them\r\n7\r\n\r\n a.png # the first\n',
      empty: '# nothing\n\n',
      unknown: 'd.png',
    });
    const location = await locateDataset({ dir });
    const load = (name: string) => loadDataset(location, { listFile: join(lists, name) });
    expect((await load('good')).samples.map(({ id }) => id)).toEqual([1, 7]);
    await expect(load('empty')).rejects.toThrow(/image list .*empty: no line names an image/);
    await expect(load('unknown')).rejects.toThrow(/cannot select the image d\.png/);
    await expect(load('none')).rejects.toThrow(/image list .*none: there is no such file/);
  });

  test('missing, damaged and wrongly sized pictures are findings, of the selected images alone', async () => {
    const dir = await smallFolder((groundTruth) => {
      groundTruth.images[1].width = 40;
      groundTruth.images[0].file_name = 'none.png';
    });
    const location = await locateDataset({ dir });
    const dataset = await loadDataset(location);
    expect(codes(dataset)).toEqual(['error picture-missing', 'error picture-size']);
    expect(dataset.health[0].examples[0]).toMatch(/none\.png: there is no such file/);
    expect(dataset.health[1].examples).toEqual(['b.png: 30×30, annotated as 40×30']);
    expect(codes(await loadDataset(location, { images: [7] }))).toEqual([]);
    await rm(join(dir, 'images', 'c.png'));
    expect(codes(await loadDataset(location, { images: [7] }))).toEqual(['error picture-missing']);
  });

  test.each(['../a.png', '/etc/passwd', 'x/../../a.png', '..'])(
    'a file_name of %s is refused',
    async (name) => {
      const dir = await smallFolder((groundTruth) => (groundTruth.images[0].file_name = name));
      await expect(loadDataset(await locateDataset({ dir }))).rejects.toThrow(
        /of image 1 leads out of the picture folder/,
      );
    },
  );

  test('an annotation file without images is refused', async () => {
    const dir = await smallFolder((groundTruth) => groundTruth.images.splice(0));
    await expect(loadDataset(await locateDataset({ dir }))).rejects.toThrow(
      /instances\.json: it has no images/,
    );
  });

  test.skipIf(!hasShared).each([
    ['coco_val50', 382],
    ['coco_train50', 470],
  ])('%s loads clean', async (folder, annotations) => {
    const dataset = await loadDataset(await locateDataset({ dir: sharedPath('data', folder) }));
    expect(dataset.samples).toHaveLength(50);
    expect(dataset.counts.annotations).toBe(annotations);
    expect(codes(dataset)).toEqual(['note unused-category']);
  });
});
