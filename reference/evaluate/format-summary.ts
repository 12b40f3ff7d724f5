import { COCO_METRICS, type CocoMetric, type CocoStats } from './metric-names.ts';
import { IOU_THRESHOLDS } from './params.ts';

/** The twelve lines that `COCOeval.summarize` of pycocotools prints, to the letter; no newline at the end. */
export function formatSummary(stats: CocoStats): string {
  return COCO_METRICS.map((metric) => summaryLine(metric, stats[metric.name])).join('\n');
}

function summaryLine(metric: CocoMetric, value: number): string {
  const title = metric.kind === 'precision' ? 'Average Precision  (AP)' : 'Average Recall     (AR)';
  const iou =
    metric.iou === undefined
      ? `${IOU_THRESHOLDS[0]!.toFixed(2)}:${IOU_THRESHOLDS[IOU_THRESHOLDS.length - 1]!.toFixed(2)}`
      : metric.iou.toFixed(2);
  const area = metric.area.padStart(6);
  const limit = String(metric.maxDetections).padStart(3);
  return ` ${title} @[ IoU=${iou.padEnd(9)} | area=${area} | maxDets=${limit} ] = ${threeDecimals(value)}`;
}

/** Python rounds an exact tie to the even digit, `toFixed` upwards; below one they meet only in odd sixteenths. */
function threeDecimals(value: number): string {
  const thousandths = value * 1000;
  const isTie = Number.isInteger(value * 16) && thousandths - Math.floor(thousandths) === 0.5;
  return (isTie ? (2 * Math.round(thousandths / 2)) / 1000 : value).toFixed(3);
}
