import type { CocoCategory } from '../reference/evaluate/coco-ground-truth.ts';
import { DatasetError } from './dataset-error.ts';

/** Class index of a network (0 … C − 1) ↔ category id of an annotation file. */
export interface ClassMap {
  /** By class index. */
  readonly categoryIds: readonly number[];
  /** By class index. */
  readonly names: readonly string[];
  /** @throws RangeError for an index the network has not */
  categoryId(classIndex: number): number;
  /** `undefined` for an id that is not in the annotation file. */
  classIndex(categoryId: number): number | undefined;
}

/**
 * Class index `i` is the category with the i-th smallest id, as in YOLOX `yolox/data/datasets/coco.py`
 * (`class_ids = sorted(coco.getCatIds())`).
 *
 * @param classCount number of classes of the network
 * @throws DatasetError when it is not the number of categories, or two categories share an id
 */
export function createClassMap(categories: readonly CocoCategory[], classCount: number): ClassMap {
  if (categories.length !== classCount) {
    throw new DatasetError(
      `cannot map classes to categories: the weights have ${classCount} classes and the annotation file has ` +
        `${categories.length} categories; take the annotations that belong to these weights, with all their categories`,
    );
  }
  const sorted = [...categories].sort((a, b) => a.id - b.id);
  const categoryIds = sorted.map(({ id }) => id);
  const names = sorted.map(({ name }) => name);
  const indices = new Map(categoryIds.map((id, index) => [id, index]));
  if (indices.size !== classCount) {
    const twice = categoryIds.find((id, index) => id === categoryIds[index + 1]);
    throw new DatasetError(
      `cannot map classes to categories: two categories have the id ${twice}; give each its own`,
    );
  }
  return {
    categoryIds,
    names,
    categoryId(classIndex) {
      const id = categoryIds[classIndex];
      if (id === undefined) {
        throw new RangeError(
          `cannot name the category of class index ${classIndex}: there are ${classCount} classes`,
        );
      }
      return id;
    },
    classIndex: (categoryId) => indices.get(categoryId),
  };
}
