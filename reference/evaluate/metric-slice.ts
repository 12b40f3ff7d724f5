import { COCO_METRICS, type CocoMetric, type MetricName } from './metric-names.ts';
import { AREA_RANGES, IOU_THRESHOLDS } from './params.ts';

/** What a figure is taken from: the index of its area range, and the IoU thresholds `[first, end)` that it is the mean of. */
export interface MetricSlice {
  readonly area: number;
  readonly first: number;
  readonly end: number;
}

export function metricSlice({ area, iou }: Pick<CocoMetric, 'area' | 'iou'>): MetricSlice {
  const first = iou === undefined ? 0 : IOU_THRESHOLDS.indexOf(iou);
  return {
    area: AREA_RANGES.findIndex(({ name }) => name === area),
    first,
    end: iou === undefined ? IOU_THRESHOLDS.length : first + 1,
  };
}

export function metricNamed(name: MetricName): CocoMetric {
  return COCO_METRICS.find((metric) => metric.name === name)!;
}
