import type { CocoResult } from '../detections.ts';
import type { EvaluationIndex } from './evaluation-index.ts';
import { fileOrder, orderByDescending, orderByKey } from './stable-order.ts';

/**
 * The detections that are evaluated, as columns. `order` lists them by category index, then descending score, then
 * image index, then place in the file: the order in which pycocotools accumulates them. Within an image it is also the
 * order in which it matches them, so that one sort serves both.
 */
export interface FlatResults {
  readonly order: Uint32Array;
  /** Entries of category `k` are `order[categoryStart[k], categoryStart[k + 1])`. */
  readonly categoryStart: Uint32Array;
  readonly images: Uint32Array;
  /** xywh, stride 4, image pixels. */
  readonly boxes: Float64Array;
  readonly scores: Float64Array;
  /** Position in the given results. */
  readonly resultIndices: Uint32Array;
}

/**
 * Results of categories that the ground truth does not have are left out, as in pycocotools, and so are those of
 * images that it has but that are not evaluated.
 * @param useCategories false: all categories count as one, of index 0.
 * @throws RangeError when a result is of an image that the ground truth does not have (`COCO.loadRes` asserts it), or
 *   when its box or score is not finite.
 */
export function flattenResults(
  results: readonly CocoResult[],
  index: EvaluationIndex,
  useCategories: boolean,
): FlatResults {
  const { imageIndexOf, categoryIndexOf } = index;
  const categoryCount = index.categories.length;
  const imageCount = index.imageIds.length;
  const images = new Uint32Array(results.length);
  const categories = new Uint32Array(results.length);
  const boxes = new Float64Array(4 * results.length);
  const scores = new Float64Array(results.length);
  const resultIndices = new Uint32Array(results.length);
  let count = 0;
  // Results come image by image as a rule: look an id up only when it changes.
  let imageId = Number.NaN;
  let image: number | undefined;
  for (let i = 0; i < results.length; i++) {
    const result = results[i]!;
    if (result.image_id !== imageId) {
      imageId = result.image_id;
      image = imageIndexOf.get(imageId);
      if (image === undefined && !index.knownImageIds.has(imageId)) {
        throw new RangeError(
          `cannot evaluate result ${i}: image ${imageId} is not in the ground truth; evaluate against the annotations these results were made for`,
        );
      }
    }
    const { bbox, score } = result;
    const x = bbox[0];
    const y = bbox[1];
    const width = bbox[2];
    const height = bbox[3];
    // A sum is finite only if all its terms are, or if finite terms overflow: no box of any image.
    if (!(Number.isFinite(x + y + width + height) && Number.isFinite(score))) {
      throw new RangeError(
        `cannot evaluate result ${i} of image ${imageId}: bbox [${bbox.join(', ')}] and score ${score} must be finite numbers, four and one`,
      );
    }
    const category = categoryIndexOf.get(result.category_id);
    if (image === undefined || category === undefined) continue;
    images[count] = image;
    categories[count] = category;
    boxes[4 * count] = x;
    boxes[4 * count + 1] = y;
    boxes[4 * count + 2] = width;
    boxes[4 * count + 3] = height;
    scores[count] = score;
    resultIndices[count] = i;
    count++;
  }

  const keptScores = scores.subarray(0, count);
  const inFile = fileOrder(count);
  const byImage = orderByKey(
    useCategories ? inFile : orderByKey(inFile, categories, categoryCount),
    images,
    imageCount,
  );
  const byScore = orderByDescending(byImage, keptScores);
  const categoryStart = new Uint32Array((useCategories ? categoryCount : 1) + 1);
  for (let i = 0; i < count; i++) categoryStart[(useCategories ? categories[i]! : 0) + 1]!++;
  for (let k = 1; k < categoryStart.length; k++) categoryStart[k]! += categoryStart[k - 1]!;
  return {
    order: useCategories ? orderByKey(byScore, categories, categoryCount) : byScore,
    categoryStart,
    images: images.subarray(0, count),
    boxes: boxes.subarray(0, 4 * count),
    scores: keptScores,
    resultIndices: resultIndices.subarray(0, count),
  };
}
