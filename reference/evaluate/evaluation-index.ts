import type { CocoCategory, CocoGroundTruth } from './coco-ground-truth.ts';

/** Which images and categories are evaluated, and at which index each is counted. */
export interface EvaluationIndex {
  /** Ascending; an image index points in here. */
  readonly imageIds: Float64Array;
  readonly imageIndexOf: ReadonlyMap<number, number>;
  /** By ascending id; a category index points in here. Not the class index of a network. */
  readonly categories: readonly CocoCategory[];
  readonly categoryIndexOf: ReadonlyMap<number, number>;
  /** Ids of all images of the ground truth, also of those left out. */
  readonly knownImageIds: ReadonlySet<number>;
}

/**
 * @param imageIds the images to evaluate; absent = all of the ground truth.
 * @throws RangeError when the ground truth names an image or category twice, or when `imageIds` has an unknown id.
 */
export function indexGroundTruth(
  groundTruth: CocoGroundTruth,
  imageIds?: readonly number[],
): EvaluationIndex {
  const knownImageIds = uniqueIds('image', groundTruth.images);
  uniqueIds('category', groundTruth.categories);
  for (const id of imageIds ?? []) {
    if (!knownImageIds.has(id)) {
      throw new RangeError(
        `cannot evaluate image ${id}, which is not an image of the ground truth; take it out of imageIds`,
      );
    }
  }
  const sortedImageIds = Float64Array.from(new Set(imageIds ?? knownImageIds)).sort();
  const categories = [...groundTruth.categories].sort((a, b) => a.id - b.id);
  return {
    imageIds: sortedImageIds,
    imageIndexOf: new Map(Array.from(sortedImageIds, (id, index) => [id, index])),
    categories,
    categoryIndexOf: new Map(categories.map(({ id }, index) => [id, index])),
    knownImageIds,
  };
}

function uniqueIds(what: string, entries: readonly { readonly id: number }[]): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const { id } of entries) {
    if (!Number.isSafeInteger(id)) {
      throw new RangeError(`cannot evaluate: ${what} id ${id} is not an integer; give each ${what} its own`);
    }
    if (ids.has(id)) {
      throw new RangeError(`cannot evaluate: ${what} id ${id} occurs twice; give each ${what} its own`);
    }
    ids.add(id);
  }
  return ids;
}
