import { describe, expect, test } from 'vitest';
import { COCO_CLASS_NAMES, createClassMap, readGroundTruth } from '../../datasets/index.ts';
import { hasShared, sharedPath } from '../support/shared.ts';

describe('createClassMap', () => {
  const categories = [
    { id: 90, name: 'z' },
    { id: 1, name: 'a' },
    { id: 13, name: 'b' },
  ];

  test('class index i is the category with the i-th smallest id, whatever the order of the file', () => {
    const map = createClassMap(categories, 3);
    expect(map.categoryIds).toEqual([1, 13, 90]);
    expect(map.names).toEqual(['a', 'b', 'z']);
    for (const index of [0, 1, 2]) expect(map.classIndex(map.categoryId(index))).toBe(index);
    expect(map.classIndex(2)).toBeUndefined();
    expect(() => map.categoryId(3)).toThrow(/class index 3: there are 3 classes/);
  });

  test('another number of classes, or a shared id, is refused', () => {
    expect(() => createClassMap(categories, 80)).toThrow(
      /80 classes and the annotation file has 3 categories; take/,
    );
    expect(() => createClassMap([...categories, { id: 13, name: 'c' }], 4)).toThrow(
      /two categories have the id 13/,
    );
  });

  test.skipIf(!hasShared)('the built-in COCO names are those of the annotation file', async () => {
    const { categories: coco } = await readGroundTruth(
      sharedPath('data', 'coco_val50', 'instances_val2017.json'),
    );
    expect(createClassMap(coco, 80).names).toEqual(COCO_CLASS_NAMES);
  });
});
