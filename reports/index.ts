export { githubAnnotations } from './annotations.ts';
export { benchSummary } from './bench-summary.ts';
export type { Chart } from './charts/chart.ts';
export { charts } from './charts/charts.ts';
export { type DrawnChart, drawChart } from './charts/draw-chart.ts';
export { paretoFrontChart } from './charts/pareto-front.ts';
export { scalingFitChart } from './charts/scaling-fit.ts';
export { type GateCheck, type GateRecord, gateRecordSchema, parseGateRecord } from './gate/gate-record.ts';
export { gateText } from './gate/gate-text.ts';
export { htmlReport, type ReportAssets } from './html/html-report.ts';
export { nightlyPage } from './history/nightly-page.ts';
export type { NightlyView } from './history/nightly-view.ts';
export { type JunitOptions, junitXml } from './junit.ts';
export { gateMarkdown } from './markdown.ts';
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
