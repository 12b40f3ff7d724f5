export {
  type Baseline,
  type BaselineChange,
  checkBaseline,
  checkBaselineName,
  listBaselineChanges,
  listBaselines,
  readBaseline,
  type NewBaseline,
  setBaseline,
} from './baselines.ts';
export { canonicalJson, hashOfJson } from './canonical-json.ts';
export { insertGate, listGates, type StoredGate } from './gate-documents.ts';
export { HISTORY_METRICS, type HistoryMetric, parseMetric } from './history-metrics.ts';
export { hashOfKeptFile, type KeptFile, readKeptFile } from './kept-files.ts';
export { type KeyDifference, keyDifferences } from './key-differences.ts';
export { DEFAULT_HISTORY, type History, type OpenHistoryOptions, openHistory } from './open-history.ts';
export { type PruneRule, parseAge, pruneRuns, runsToPrune } from './prune-runs.ts';
export { findRun, type HistoryRun, listRuns, readRecordOf } from './read-runs.ts';
export {
  listCategories,
  readSeries,
  type Series,
  type SeriesChoice,
  type SeriesOfRun,
  type SeriesPoint,
  seriesOfRun,
} from './read-series.ts';
export { type RecordedRun, type RecordingDetails, recordRun } from './record-run.ts';
export { type SeriesChange, type SeriesTrend, seriesTrend } from './series-changes.ts';
export { accuracyKey, latencyKey, type SeriesKey, type SeriesKind } from './series-key.ts';
