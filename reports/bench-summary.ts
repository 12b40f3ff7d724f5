import type { BenchRecord } from './record/bench-record.ts';
import { tableText } from './table-text.ts';
import { latencyTable } from './tables/latency-table.ts';
import type { ReportTable } from './tables/report-table.ts';

/** What the terminal shows at the end of a bench: what was timed, the table, and all that keeps it from being taken as it is. */
export function benchSummary(record: BenchRecord, drawTable: (table: ReportTable) => string): string {
  const { weights, input, warnings, failures } = record;
  const table = latencyTable(record);
  return [
    `YOLOX-${weights.variant} (${weights.file}) at ${input.size.join('x')} on ${input.description}`,
    ...failures.map(({ reason }) => `failed: ${reason}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    table ? tableText(table, drawTable) : 'No point was finished.',
  ].join('\n\n');
}
