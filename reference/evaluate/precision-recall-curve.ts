import type { CocoEvaluation } from './evaluate-detections.ts';
import { AREA_RANGES, type AreaName, IOU_THRESHOLDS, RECALL_THRESHOLDS } from './params.ts';

/** Precision over recall of one category at one IoU threshold: 101 points each. */
export interface PrecisionRecallCurve {
  /** The recall thresholds 0, 0.01, … 1. */
  readonly recall: Float64Array;
  /** The best precision at this recall or more; 0 where it is not reached. */
  readonly precision: Float64Array;
  /** The score of the detection that reaches this recall; 0 where none does. */
  readonly scores: Float64Array;
}

/**
 * The curve that a category's AP at `iouThreshold` is the mean of; undefined without ground truth in the area range.
 * @param iouThreshold one of the ten of COCO, to within rounding (0.9 for 0.8999999999999999).
 * @throws RangeError for another threshold, and for a category that was not evaluated.
 */
export function precisionRecallCurve(
  evaluation: CocoEvaluation,
  categoryId: number,
  iouThreshold: number,
  area: AreaName = 'all',
): PrecisionRecallCurve | undefined {
  const { precision, scores } = evaluation.accumulated;
  const category = evaluation.perCategory.findIndex((row) => row.categoryId === categoryId);
  if (category < 0) {
    throw new RangeError(
      `cannot draw a curve for category ${categoryId}, which was not evaluated; give an id of perCategory`,
    );
  }
  const t = IOU_THRESHOLDS.findIndex((threshold) => Math.abs(threshold - iouThreshold) < 1e-9);
  if (t < 0) {
    throw new RangeError(
      `cannot draw a curve at IoU ${iouThreshold}; give one of ${Array.from(IOU_THRESHOLDS, (x) => x.toFixed(2)).join(', ')}`,
    );
  }
  const a = AREA_RANGES.findIndex(({ name }) => name === area);
  const points = RECALL_THRESHOLDS.length;
  const at = ((category * AREA_RANGES.length + a) * IOU_THRESHOLDS.length + t) * points;
  if (precision[at]! < 0) return undefined;
  return {
    recall: RECALL_THRESHOLDS.slice(),
    precision: precision.slice(at, at + points),
    scores: scores.slice(at, at + points),
  };
}
