export {
  type Baseline,
  type BaselineChange,
  listBaselineChanges,
  listBaselines,
  readBaseline,
  setBaseline,
} from './baselines.ts';
export { HISTORY_METRICS, type HistoryMetric, parseMetric } from './history-metrics.ts';
export { type KeyDifference, keyDifferences } from './key-differences.ts';
export { DEFAULT_HISTORY, type History, type OpenHistoryOptions, openHistory } from './open-history.ts';
export { type PruneRule, parseAge, pruneRuns, runsToPrune } from './prune-runs.ts';
export { findRun, type HistoryRun, listRuns, readRecordOf } from './read-runs.ts';
export {
  readSeries,
  type Series,
  type SeriesChoice,
  type SeriesOfRun,
  type SeriesPoint,
  seriesOfRun,
} from './read-series.ts';
export { type RecordedRun, type RecordingDetails, recordRun } from './record-run.ts';
export { type SeriesChange, type SeriesTrend, seriesTrend } from './series-changes.ts';
export type { SeriesKey, SeriesKind } from './series-key.ts';
