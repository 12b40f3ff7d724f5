export { apByBackendSpec } from './charts/ap-by-backend.ts';
export { renderSvg } from './charts/render-svg.ts';
export { htmlReport } from './html/html-report.ts';
export {
  type BackendRecord,
  type LatencyPoint,
  parseRunRecord,
  type RunRecord,
  runRecordSchema,
} from './run-record.ts';
export { verdictSentence } from './tables/accuracy-table.ts';
export type { ReportTable } from './tables/report-table.ts';
export { reportTables } from './tables/report-tables.ts';
export { textSummary } from './text-summary.ts';
