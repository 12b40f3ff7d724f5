export { benchSummary } from './bench-summary.ts';
export type { Chart } from './charts/chart.ts';
export { charts } from './charts/charts.ts';
export { type DrawnChart, drawChart } from './charts/draw-chart.ts';
export { paretoFrontChart } from './charts/pareto-front.ts';
export { scalingFitChart } from './charts/scaling-fit.ts';
export { htmlReport, type ReportAssets } from './html/html-report.ts';
export {
  type BackendRecord,
  type BenchRecord,
  benchRecordSchema,
  type LatencyPoint,
  parseRunRecord,
  type RunRecord,
  runRecordSchema,
  type TuneLaw,
  type TuneResult,
  type TuneResultPoint,
  tuneResultSchema,
} from './record/index.ts';
export type { ReportTable } from './tables/report-table.ts';
export { reportTables } from './tables/report-tables.ts';
export { tuneLawsTable, tunePointsTable } from './tables/tune-tables.ts';
export { textSummary } from './text-summary.ts';
export { verdictSentence } from './verdict-sentence.ts';
