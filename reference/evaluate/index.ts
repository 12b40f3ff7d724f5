export { accumulate, type PrecisionRecall } from './accumulate.ts';
export type { GroundTruthIdZero } from './candidates.ts';
export type { CocoAnnotation, CocoCategory, CocoGroundTruth, CocoImage } from './coco-ground-truth.ts';
export { CompactResults, type ResultList } from './compact-results.ts';
export {
  type CategoryEvaluation,
  type CocoEvaluation,
  type EvaluateOptions,
  evaluateDetections,
} from './evaluate-detections.ts';
export { formatSummary } from './format-summary.ts';
export type { CategoryMatches } from './match.ts';
export { meanPrecisionCurve } from './mean-precision-curve.ts';
export { COCO_METRICS, type CocoMetric, type CocoStats, type MetricName } from './metric-names.ts';
export {
  AREA_RANGES,
  type AreaName,
  IOU_THRESHOLDS,
  MAX_DETECTIONS,
  type MaxDetections,
  RECALL_THRESHOLDS,
} from './params.ts';
export { type PrecisionRecallCurve, precisionRecallCurve } from './precision-recall-curve.ts';
export { summarize } from './summarize.ts';
