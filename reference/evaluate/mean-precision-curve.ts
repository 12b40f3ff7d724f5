import type { CocoEvaluation } from './evaluate-detections.ts';
import { AREA_RANGES, IOU_THRESHOLDS, RECALL_THRESHOLDS } from './params.ts';

/**
 * Precision at the 101 recall points, averaged over the categories that have ground truth, at one IoU threshold or over all
 * ten. The mean of the curve is AP50 for 0.5, AP75 for 0.75 and AP for `'all'`, so that two curves show where a
 * difference in AP comes from.
 * @returns 101 values; null where no category has ground truth.
 * @throws RangeError for a threshold that is not one of COCO's ten, to within rounding.
 */
export function meanPrecisionCurve(
  evaluation: CocoEvaluation,
  iouThreshold: number | 'all',
): Float64Array | null {
  const thresholds = thresholdIndices(iouThreshold);
  const { precision, categoryCount } = evaluation.accumulated;
  const points = RECALL_THRESHOLDS.length;
  const sum = new Float64Array(points);
  let curves = 0;
  for (let category = 0; category < categoryCount; category++) {
    for (const threshold of thresholds) {
      // The area range 'all' is the first.
      const at = (category * AREA_RANGES.length * IOU_THRESHOLDS.length + threshold) * points;
      if (precision[at]! < 0) continue;
      curves++;
      for (let r = 0; r < points; r++) sum[r]! += precision[at + r]!;
    }
  }
  return curves === 0 ? null : sum.map((total) => total / curves);
}

function thresholdIndices(iouThreshold: number | 'all'): number[] {
  if (iouThreshold === 'all') return Array.from(IOU_THRESHOLDS.keys());
  const index = IOU_THRESHOLDS.findIndex((threshold) => Math.abs(threshold - iouThreshold) < 1e-9);
  if (index < 0)
    throw new RangeError(`cannot draw a curve at IoU ${iouThreshold}; give one of 0.50, 0.55 … 0.95`);
  return [index];
}
