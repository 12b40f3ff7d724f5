export { benchSummary } from './bench-summary.ts';
export type { Chart } from './charts/chart.ts';
export { charts } from './charts/charts.ts';
export { type DrawnChart, drawChart } from './charts/draw-chart.ts';
export { htmlReport, type ReportAssets } from './html/html-report.ts';
export {
  type BackendRecord,
  type BenchRecord,
  benchRecordSchema,
  type LatencyPoint,
  parseRunRecord,
  type RunRecord,
  runRecordSchema,
} from './record/index.ts';
export type { ReportTable } from './tables/report-table.ts';
export { reportTables } from './tables/report-tables.ts';
export { textSummary } from './text-summary.ts';
export { verdictSentence } from './verdict-sentence.ts';
