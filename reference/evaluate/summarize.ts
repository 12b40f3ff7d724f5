import type { PrecisionRecall } from './accumulate.ts';
import { COCO_METRICS, type CocoMetric, type CocoStats, type MetricName } from './metric-names.ts';
import { metricSlice } from './metric-slice.ts';
import { pairwiseMean } from './pairwise-mean.ts';
import { AREA_RANGES, IOU_THRESHOLDS, MAX_DETECTIONS, RECALL_THRESHOLDS } from './params.ts';

/**
 * The twelve figures (pycocotools `cocoeval.py`, `COCOeval.summarize`): means over thresholds, recall points and those
 * categories that have an object in the area range; −1 where none has. Added up in numpy's order.
 */
export function summarize(accumulated: PrecisionRecall): CocoStats {
  const stats = {} as Record<MetricName, number>;
  for (const metric of COCO_METRICS) {
    stats[metric.name] =
      metric.kind === 'precision' ? meanPrecision(accumulated, metric) : meanRecall(accumulated, metric);
  }
  return stats;
}

const AREAS = AREA_RANGES.length;
const THRESHOLDS = IOU_THRESHOLDS.length;
const RECALLS = RECALL_THRESHOLDS.length;
const LIMITS = MAX_DETECTIONS.length;

function meanPrecision({ categoryCount, precision }: PrecisionRecall, metric: CocoMetric): number {
  const { area, first, end } = metricSlice(metric);
  const from = (area * THRESHOLDS + first) * RECALLS;
  return meanOf(precision, from, (end - first) * RECALLS, categoryCount, AREAS * THRESHOLDS * RECALLS);
}

function meanRecall({ categoryCount, recall }: PrecisionRecall, metric: CocoMetric): number {
  const { area, first, end } = metricSlice(metric);
  const from = (area * LIMITS + MAX_DETECTIONS.indexOf(metric.maxDetections)) * THRESHOLDS + first;
  return meanOf(recall, from, end - first, categoryCount, AREAS * LIMITS * THRESHOLDS);
}

/**
 * Mean of the values from `from` on, `count` of each category, without those that are −1.
 * @param perCategory distance from the values of one category to those of the next, which are added directly after.
 */
function meanOf(
  values: Float64Array,
  from: number,
  count: number,
  categoryCount = 1,
  perCategory = 0,
): number {
  const present = new Float64Array(count * categoryCount);
  let presentCount = 0;
  for (let i = from; i < from + count; i++) {
    for (let k = 0; k < categoryCount; k++) {
      const value = values[k * perCategory + i]!;
      if (value > -1) present[presentCount++] = value;
    }
  }
  return presentCount === 0 ? -1 : pairwiseMean(present, presentCount);
}

/** Figures of one category by its index, over all areas and with 100 detections; −1 without ground truth. */
export function summarizeCategory(
  { precision, recall }: PrecisionRecall,
  category: number,
): { ap: number; ap50: number; ap75: number; ar100: number } {
  const from = category * AREAS * THRESHOLDS * RECALLS;
  const at = (threshold: number): number => from + IOU_THRESHOLDS.indexOf(threshold) * RECALLS;
  return {
    ap: meanOf(precision, from, THRESHOLDS * RECALLS),
    ap50: meanOf(precision, at(0.5), RECALLS),
    ap75: meanOf(precision, at(0.75), RECALLS),
    ar100: meanOf(recall, (category * AREAS * LIMITS + LIMITS - 1) * THRESHOLDS, THRESHOLDS),
  };
}
