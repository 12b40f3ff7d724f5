import type { RunRecord } from './record/index.ts';
import { tableText } from './table-text.ts';
import { accuracyTable } from './tables/accuracy-table.ts';
import { decodeStateTable } from './tables/decode-state-table.ts';
import { detectionTable } from './tables/detection-table.ts';
import { driftTable } from './tables/drift-table.ts';
import { latencyTable } from './tables/latency-table.ts';
import type { ReportTable } from './tables/report-table.ts';
import { saturationTable } from './tables/saturation-table.ts';
import { worstCategoriesTable } from './tables/worst-categories-table.ts';
import { tuningText } from './tuning-words.ts';

/** What the terminal shows at the end of a run: the finding first, then the tables one reads at a glance. */
export function textSummary(record: RunRecord, drawTable: (table: ReportTable) => string): string {
  const tables = [
    accuracyTable,
    driftTable,
    worstCategoriesTable,
    decodeStateTable,
    detectionTable,
    saturationTable,
    latencyTable,
  ]
    .map((make) => make(record))
    .filter((table) => table !== null)
    .map((table) => tableText(table, drawTable));
  const warnings = record.warnings.map((warning) => `warning: ${warning}`);
  return [record.verdict.sentence, ...warnings, ...tables, ...record.tunings.map(tuningText)].join('\n\n');
}
