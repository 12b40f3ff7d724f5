import type { CategoryMatches } from './match.ts';
import { ALL_THRESHOLDS, AREA_RANGES, IOU_THRESHOLDS, MAX_DETECTIONS, RECALL_THRESHOLDS } from './params.ts';

/** Precision and recall of every category; −1 throughout where a category has no object to be found. */
export interface PrecisionRecall {
  readonly categoryCount: number;
  /** `[category, area range, IoU threshold, recall threshold]`, row-major: the best precision at that recall or more. */
  readonly precision: Float64Array;
  /** As `precision`: the score of the detection that reaches the recall, 0 where none does. */
  readonly scores: Float64Array;
  /** `[category, area range, detections looked at, IoU threshold]`, row-major. */
  readonly recall: Float64Array;
}

const AREAS = AREA_RANGES.length;
const THRESHOLDS = IOU_THRESHOLDS.length;
const RECALLS = RECALL_THRESHOLDS.length;
const LIMITS = MAX_DETECTIONS.length;
/** `numpy.spacing(1)`, which keeps a precision of nothing from being 0 / 0. It makes 1 of 1 0.9999999999999998. */
const EPSILON = Number.EPSILON;

/**
 * Precision at the 101 recall points, and recall at 1, 10 and 100 detections (pycocotools `cocoeval.py`,
 * `COCOeval.accumulate`).
 *
 * @param imageWeights how many times each image counts, by image index; absent = once each. A whole number `n` gives
 *   what `n` copies of the image would give (where scores of an image tie, as if each detection's copies stood together).
 *   Matching does not depend on it, so that resampling the images needs `categories` only once.
 * @throws RangeError when there are weights for other than `imageCount` images.
 */
export function accumulate(
  categories: readonly CategoryMatches[],
  imageCount: number,
  imageWeights: Uint32Array = new Uint32Array(imageCount).fill(1),
): PrecisionRecall {
  if (imageWeights.length !== imageCount) {
    throw new RangeError(
      `cannot weight ${imageCount} images with ${imageWeights.length} weights; give one for each image`,
    );
  }
  const categoryCount = categories.length;
  const precision = new Float64Array(AREAS * THRESHOLDS * RECALLS * categoryCount).fill(-1);
  const scores = new Float64Array(precision.length).fill(-1);
  const recall = new Float64Array(AREAS * LIMITS * THRESHOLDS * categoryCount).fill(-1);
  const accumulated = { categoryCount, precision, scores, recall };
  let largest = 0;
  for (const { groundTruthImages } of categories) largest = Math.max(largest, groundTruthImages.length);
  const found = Array.from({ length: THRESHOLDS }, () => new Found(largest));

  for (let k = 0; k < categoryCount; k++) {
    const category = categories[k]!;
    const topScore = scoreOfFirst(category, imageWeights);
    for (let a = 0; a < AREAS; a++) {
      const objects = countObjects(category, a, imageWeights);
      if (objects === 0) continue;
      walk(category, a, imageWeights, found);
      for (let t = 0; t < THRESHOLDS; t++) {
        const foundAt = found[t]!;
        for (let m = 0; m < LIMITS; m++) {
          recall[((k * AREAS + a) * LIMITS + m) * THRESHOLDS + t] = foundAt.within[m]! / objects;
        }
        const at = ((k * AREAS + a) * THRESHOLDS + t) * RECALLS;
        readCurve(foundAt, objects, category, topScore, accumulated, at);
      }
    }
  }
  return accumulated;
}

/** The true positives of a category at one threshold, by descending score. */
class Found {
  count = 0;
  /** Weight of the true and of the false positives so far. */
  right = 0;
  wrong = 0;
  /** Weight of the true positives within each of `MAX_DETECTIONS`. */
  readonly within = new Float64Array(LIMITS);
  /** After each true positive: weight of all of them so far, precision, and its place among the detections. */
  readonly rightSoFar: Float64Array;
  readonly precision: Float64Array;
  readonly places: Uint32Array;

  constructor(objects: number) {
    this.rightSoFar = new Float64Array(objects);
    this.precision = new Float64Array(objects);
    this.places = new Uint32Array(objects);
  }

  clear(): void {
    this.count = 0;
    this.right = 0;
    this.wrong = 0;
    this.within.fill(0);
  }
}

function countObjects(category: CategoryMatches, area: number, imageWeights: Uint32Array): number {
  const { groundTruthImages, groundTruthIgnored } = category;
  let objects = 0;
  for (let g = 0; g < groundTruthImages.length; g++) {
    if (((groundTruthIgnored[g]! >>> area) & 1) === 0) objects += imageWeights[groundTruthImages[g]!]!;
  }
  return objects;
}

/** The score at a recall of 0 is that of the best detection, right or wrong; 0 without any. */
function scoreOfFirst({ count, images, scores }: CategoryMatches, imageWeights: Uint32Array): number {
  for (let i = 0; i < count; i++) {
    if (imageWeights[images[i]!]! > 0) return scores[i]!;
  }
  return 0;
}

/** Goes down the detections of a category once and notes, for every threshold, the true positives in `found`. */
function walk(category: CategoryMatches, area: number, imageWeights: Uint32Array, found: Found[]): void {
  const { count, images, ranks } = category;
  const matched = category.matched[area]!;
  const ignored = category.ignored[area]!;
  // Most detections are wrong at all thresholds alike: they are counted once.
  let wrongAtAll = 0;
  for (let t = 0; t < THRESHOLDS; t++) found[t]!.clear();
  for (let i = 0; i < count; i++) {
    const weight = imageWeights[images[i]!]!;
    const matchedAt = matched[i]!;
    const ignoredAt = ignored[i]!;
    if ((matchedAt | ignoredAt) === 0) {
      wrongAtAll += weight;
      continue;
    }
    if (ignoredAt === ALL_THRESHOLDS || weight === 0) continue;
    const rank = ranks[i]!;
    for (let t = 0; t < THRESHOLDS; t++) {
      if ((ignoredAt >>> t) & 1) continue;
      const foundAt = found[t]!;
      if (((matchedAt >>> t) & 1) === 0) {
        foundAt.wrong += weight;
        continue;
      }
      foundAt.right += weight;
      for (let m = 0; m < LIMITS; m++) {
        if (rank < MAX_DETECTIONS[m]!) foundAt.within[m]! += weight;
      }
      const place = foundAt.count++;
      foundAt.rightSoFar[place] = foundAt.right;
      foundAt.precision[place] = foundAt.right / (wrongAtAll + foundAt.wrong + foundAt.right + EPSILON);
      foundAt.places[place] = i;
    }
  }
}

/**
 * Writes the best precision at each recall threshold or above it, and the score there, from `at` on.
 *
 * Only true positives are looked at: a false positive after one has a lower precision and the same recall. That the
 * recall is at least the threshold is tested on the rounded quotient, as `numpy.searchsorted` does.
 */
function readCurve(
  found: Found,
  objects: number,
  category: CategoryMatches,
  topScore: number,
  into: PrecisionRecall,
  at: number,
): void {
  const { count, precision, rightSoFar, places } = found;
  for (let i = count - 1; i > 0; i--) {
    if (precision[i]! > precision[i - 1]!) precision[i - 1] = precision[i]!;
  }
  let i = 0;
  for (let r = 0; r < RECALLS; r++) {
    const recall = RECALL_THRESHOLDS[r]!;
    while (i < count && rightSoFar[i]! / objects < recall) i++;
    into.precision[at + r] = i < count ? precision[i]! : 0;
    into.scores[at + r] = i < count ? category.scores[places[i]!]! : 0;
  }
  into.scores[at] = topScore;
}
