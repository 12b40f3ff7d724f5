import { accumulate, type PrecisionRecall } from './accumulate.ts';
import type { GroundTruthIdZero } from './candidates.ts';
import type { CocoGroundTruth } from './coco-ground-truth.ts';
import type { ResultList } from './compact-results.ts';
import { indexGroundTruth } from './evaluation-index.ts';
import { flattenGroundTruth } from './flatten-ground-truth.ts';
import { flattenResults } from './flatten-results.ts';
import { type CategoryMatches, matchDetections } from './match.ts';
import type { CocoStats } from './metric-names.ts';
import { summarize, summarizeCategory } from './summarize.ts';

export interface EvaluateOptions {
  /** Evaluate these images only; absent = all of the ground truth. */
  readonly imageIds?: readonly number[];
  /**
   * False: count all categories as one, so that only the place of a box matters (`useCats = 0` in pycocotools). Figures
   * that are good this way and bad otherwise point at a wrong order of classes. Default true.
   */
  readonly useCategories?: boolean;
  /**
   * pycocotools marks 'no match' with id 0, so that an object whose annotation has id 0 can be found by nobody, and the
   * detection that takes it counts as wrong. `'match'` (default) counts it as any other; `'pycocotools'` gives the
   * figures of pycocotools for such a file. COCO's own files have no id 0.
   */
  readonly groundTruthIdZero?: GroundTruthIdZero;
}

export interface CategoryEvaluation {
  /** −1 stands for all of them, when categories are not used. */
  readonly categoryId: number;
  readonly name: string;
  /** Over the ten IoU thresholds; −1 without ground truth, as the other three. */
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly ar100: number;
  /** Objects to be found: without crowds. */
  readonly groundTruthCount: number;
  /** Detections looked at: at most the best 100 of an image. */
  readonly detectionCount: number;
}

export interface CocoEvaluation {
  readonly stats: CocoStats;
  /** By ascending category id. */
  readonly perCategory: readonly CategoryEvaluation[];
  /** Ascending; an image index of `matches` points in here. */
  readonly imageIds: Float64Array;
  /** By category, as `perCategory`. Enough to accumulate again with images drawn several times or not at all. */
  readonly matches: readonly CategoryMatches[];
  readonly accumulated: PrecisionRecall;
}

/**
 * COCO's evaluation of boxes, equal to pycocotools (`COCOeval` with `iouType = 'bbox'`) to the last bit.
 *
 * Results of categories that the ground truth lacks, and of images left out by `imageIds`, count for nothing. As in
 * pycocotools a field `ignore` of an annotation has no effect, only `iscrowd` does, and areas are the annotation's own
 * while those of detections are width · height. Neither the order of images and categories nor, where scores differ, that
 * of results changes a figure.
 *
 * @throws RangeError when a result names an image that the ground truth does not have, when a box, area or score is not
 *   finite, or when an image or category id occurs twice.
 */
export function evaluateDetections(
  groundTruth: CocoGroundTruth,
  results: ResultList,
  options: EvaluateOptions = {},
): CocoEvaluation {
  const { imageIds, useCategories = true, groundTruthIdZero = 'match' } = options;
  const index = indexGroundTruth(groundTruth, imageIds);
  const imageCount = index.imageIds.length;
  const matches = matchDetections(
    flattenGroundTruth(groundTruth, index, useCategories),
    flattenResults(results, index, useCategories),
    imageCount,
    groundTruthIdZero,
  );
  const accumulated = accumulate(matches, imageCount);
  const rows = useCategories ? index.categories : [{ id: -1, name: 'all' }];
  return {
    stats: summarize(accumulated),
    perCategory: rows.map(({ id, name }, k) => ({
      categoryId: id,
      name,
      ...summarizeCategory(accumulated, k),
      groundTruthCount: countObjects(matches[k]!),
      detectionCount: matches[k]!.count,
    })),
    imageIds: index.imageIds,
    matches,
    accumulated,
  };
}

/** Bit 0 of the flags is the area range 'all'. */
function countObjects({ groundTruthIgnored }: CategoryMatches): number {
  let count = 0;
  for (const ignored of groundTruthIgnored) if ((ignored & 1) === 0) count++;
  return count;
}
