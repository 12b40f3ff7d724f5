import type { PrecisionRecall } from './accumulate.ts';
import { COCO_METRICS, type CocoMetric, type CocoStats, type MetricName } from './metric-names.ts';
import { pairwiseMean } from './pairwise-mean.ts';
import { AREA_RANGES, IOU_THRESHOLDS, MAX_DETECTIONS, RECALL_THRESHOLDS } from './params.ts';

/**
 * The twelve figures (pycocotools `cocoeval.py`, `COCOeval.summarize`): means over thresholds, recall points and those
 * categories that have an object in the area range; −1 where none has. Added up in numpy's order.
 */
export function summarize(accumulated: PrecisionRecall): CocoStats {
  const stats = {} as Record<MetricName, number>;
  for (const metric of COCO_METRICS) stats[metric.name] = meanOf(valuesOf(accumulated, metric));
  return stats;
}

/** The values a metric is the mean of, in the order of pycocotools: threshold, recall point, category. */
function valuesOf(accumulated: PrecisionRecall, metric: CocoMetric): Float64Array {
  const { categoryCount, precision, recall } = accumulated;
  const thresholds = IOU_THRESHOLDS.length;
  const area = AREA_RANGES.findIndex(({ name }) => name === metric.area);
  const limit = MAX_DETECTIONS.indexOf(metric.maxDetections);
  const first = metric.iou === undefined ? 0 : IOU_THRESHOLDS.indexOf(metric.iou);
  const end = metric.iou === undefined ? thresholds : first + 1;
  if (metric.kind === 'precision') {
    const perThreshold = RECALL_THRESHOLDS.length * categoryCount;
    return precision.subarray(
      (area * thresholds + first) * perThreshold,
      (area * thresholds + end) * perThreshold,
    );
  }
  const start = (area * MAX_DETECTIONS.length + limit) * thresholds;
  return recall.subarray((start + first) * categoryCount, (start + end) * categoryCount);
}

function meanOf(values: Float64Array): number {
  const present = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > -1) present[count++] = value;
  }
  return count === 0 ? -1 : pairwiseMean(present, count);
}

/** Figures of one category by its index, over all areas and with 100 detections; −1 without ground truth. */
export function summarizeCategory(
  accumulated: PrecisionRecall,
  category: number,
): { ap: number; ap50: number; ap75: number; ar100: number } {
  const { categoryCount, precision, recall } = accumulated;
  const thresholds = IOU_THRESHOLDS.length;
  const recalls = RECALL_THRESHOLDS.length;
  const ofCategory = new Float64Array(thresholds * recalls);
  for (let i = 0; i < ofCategory.length; i++) ofCategory[i] = precision[i * categoryCount + category]!;
  const reached = new Float64Array(thresholds);
  const last = (MAX_DETECTIONS.length - 1) * thresholds;
  for (let t = 0; t < thresholds; t++) reached[t] = recall[(last + t) * categoryCount + category]!;
  const at = (threshold: number): Float64Array => {
    const t = IOU_THRESHOLDS.indexOf(threshold);
    return ofCategory.subarray(t * recalls, (t + 1) * recalls);
  };
  return { ap: meanOf(ofCategory), ap50: meanOf(at(0.5)), ap75: meanOf(at(0.75)), ar100: meanOf(reached) };
}
