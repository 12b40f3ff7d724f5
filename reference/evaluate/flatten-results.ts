import type { ResultList } from './compact-results.ts';
import type { EvaluationIndex } from './evaluation-index.ts';

/** The detections that are evaluated, as columns ordered by category index, then place in the given results. */
export interface FlatResults {
  /** Entries of category `k` are `[categoryStart[k], categoryStart[k + 1])`. */
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
  results: ResultList,
  index: EvaluationIndex,
  useCategories: boolean,
): FlatResults {
  const { imageIndexOf, categoryIndexOf } = index;
  const categoryCount = index.categories.length;
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
    const result = results.at(i)!;
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

  const categoryStart = new Uint32Array(categoryCount + 1);
  for (let i = 0; i < count; i++) categoryStart[categories[i]! + 1]!++;
  for (let k = 0; k < categoryCount; k++) categoryStart[k + 1]! += categoryStart[k]!;
  const file = { images, boxes, scores, resultIndices };
  return {
    categoryStart: useCategories ? categoryStart : Uint32Array.of(0, count),
    ...partition(file, categories, categoryStart.slice(), count),
  };
}

type Columns = Omit<FlatResults, 'categoryStart'>;

/** The first `count` entries of `file` in the order of their category; `next` is where each category starts, used up. */
function partition(file: Columns, categories: Uint32Array, next: Uint32Array, count: number): Columns {
  const images = new Uint32Array(count);
  const boxes = new Float64Array(4 * count);
  const scores = new Float64Array(count);
  const resultIndices = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const place = next[categories[i]!]!++;
    images[place] = file.images[i]!;
    scores[place] = file.scores[i]!;
    resultIndices[place] = file.resultIndices[i]!;
    boxes[4 * place] = file.boxes[4 * i]!;
    boxes[4 * place + 1] = file.boxes[4 * i + 1]!;
    boxes[4 * place + 2] = file.boxes[4 * i + 2]!;
    boxes[4 * place + 3] = file.boxes[4 * i + 3]!;
  }
  return { images, boxes, scores, resultIndices };
}
