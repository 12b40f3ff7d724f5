import { type AreaName, IOU_THRESHOLDS, type MaxDetections } from './params.ts';

/** One of COCO's twelve figures: what is averaged, and over which thresholds, areas and detections. */
export interface CocoMetric {
  readonly name: string;
  readonly unit: 'fraction';
  readonly direction: 'higher-is-better';
  readonly kind: 'precision' | 'recall';
  /** The one IoU threshold it is taken at; absent = the mean over all ten. */
  readonly iou?: number;
  readonly area: AreaName;
  readonly maxDetections: MaxDetections;
}

const FRACTION = { unit: 'fraction', direction: 'higher-is-better' } as const;
const PRECISION = { ...FRACTION, kind: 'precision', maxDetections: 100 } as const;
const RECALL = { ...FRACTION, kind: 'recall' } as const;

/** In the order in which pycocotools prints them; drives the summary, and whatever else lists the figures. */
export const COCO_METRICS = [
  { name: 'AP', ...PRECISION, area: 'all' },
  { name: 'AP50', ...PRECISION, area: 'all', iou: IOU_THRESHOLDS[0]! },
  { name: 'AP75', ...PRECISION, area: 'all', iou: IOU_THRESHOLDS[5]! },
  { name: 'APs', ...PRECISION, area: 'small' },
  { name: 'APm', ...PRECISION, area: 'medium' },
  { name: 'APl', ...PRECISION, area: 'large' },
  { name: 'AR1', ...RECALL, area: 'all', maxDetections: 1 },
  { name: 'AR10', ...RECALL, area: 'all', maxDetections: 10 },
  { name: 'AR100', ...RECALL, area: 'all', maxDetections: 100 },
  { name: 'ARs', ...RECALL, area: 'small', maxDetections: 100 },
  { name: 'ARm', ...RECALL, area: 'medium', maxDetections: 100 },
  { name: 'ARl', ...RECALL, area: 'large', maxDetections: 100 },
] as const satisfies readonly CocoMetric[];

export type MetricName = (typeof COCO_METRICS)[number]['name'];

/** The twelve figures, each in [0, 1], or −1 where there is no ground truth to measure against. */
export type CocoStats = Readonly<Record<MetricName, number>>;
