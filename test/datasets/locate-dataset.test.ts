import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DatasetError, locateDataset } from '../../datasets/index.ts';
import { hasShared, sharedPath } from '../support/shared.ts';
import { scratchFolder } from './scratch.ts';

describe('locateDataset', () => {
  test('official layout: annotations/instances_<split>.json with <split>/ beside it', async () => {
    const dir = await scratchFolder({ 'annotations/instances_test.json': '{}', 'test/a.jpg': '' });
    expect(await locateDataset({ dir })).toMatchObject({
      annotationsPath: join(dir, 'annotations', 'instances_test.json'),
      imageDir: join(dir, 'test'),
      split: 'test',
    });
  });

  test('of several splits val2017 is taken, or the one asked for; captions and keypoints are no candidates', async () => {
    const dir = await scratchFolder({
      'annotations/instances_train2017.json': '{}',
      'annotations/instances_val2017.json': '{}',
      'annotations/captions_val2017.json': '{}',
      'annotations/person_keypoints_val2017.json': '{}',
      'train2017/a.jpg': '',
      'images/val2017/a.jpg': '',
    });
    expect((await locateDataset({ dir })).imageDir).toBe(join(dir, 'images', 'val2017'));
    expect((await locateDataset({ dir, split: 'train2017' })).imageDir).toBe(join(dir, 'train2017'));
    await expect(locateDataset({ dir, split: 'mine' })).rejects.toThrow(
      /cannot find the split mine in .*: it has train2017, val2017; choose one/,
    );
  });

  test('several splits without val2017: it is asked which', async () => {
    const dir = await scratchFolder({
      'instances_a.json': '{}',
      'instances_b.json': '{}',
      'images/x.jpg': '',
    });
    await expect(locateDataset({ dir })).rejects.toThrow(/it has a, b; say which one is meant/);
    expect((await locateDataset({ dir, split: 'b' })).annotationsPath).toBe(join(dir, 'instances_b.json'));
  });

  test('flat layout: instances.json with images/', async () => {
    const dir = await scratchFolder({ 'instances.json': '{}', 'images/x.jpg': '' });
    expect(await locateDataset({ dir })).toMatchObject({ imageDir: join(dir, 'images'), split: '' });
  });

  test('annotation file and picture folder given by themselves', async () => {
    const dir = await scratchFolder({ 'x/instances_val.json': '{}', 'y/x.jpg': '' });
    const source = { annotationsPath: join(dir, 'x', 'instances_val.json'), imageDir: join(dir, 'y') };
    expect(await locateDataset(source)).toEqual({ ...source, name: 'instances_val', split: 'val' });
  });

  test('what is missing is named', async () => {
    const dir = await scratchFolder({ 'instances_a.json': '{}', 'empty/readme': '' });
    const refusal = async (source: Parameters<typeof locateDataset>[0]) => {
      const error: unknown = await locateDataset(source).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DatasetError);
      return (error as DatasetError).message;
    };
    expect(await refusal({ dir: join(dir, 'none') })).toMatch(/folder .*none: there is nothing at this path/);
    expect(await refusal({ dir: join(dir, 'instances_a.json') })).toMatch(/it is a file and not a folder/);
    expect(await refusal({ dir: join(dir, 'empty') })).toMatch(
      /neither annotations\/instances_<split>\.json nor/,
    );
    expect(await refusal({ dir })).toMatch(/cannot find the pictures of .*instances_a\.json/);
    const annotationsPath = join(dir, 'instances_a.json');
    expect(await refusal({ annotationsPath, imageDir: annotationsPath })).toMatch(
      /it is a file and not a folder/,
    );
    expect(await refusal({ annotationsPath: dir, imageDir: dir })).toMatch(/it is a folder and not a file/);
  });

  test.skipIf(!hasShared)('finds coco_val50', async () => {
    const dir = sharedPath('data', 'coco_val50');
    expect(await locateDataset({ dir })).toEqual({
      name: 'coco_val50 val2017',
      annotationsPath: join(dir, 'instances_val2017.json'),
      imageDir: join(dir, 'images'),
      split: 'val2017',
    });
  });
});
