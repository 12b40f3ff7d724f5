import type { BenchRecord } from './record/bench-record.ts';
import { latencyNotes, latencyTable } from './tables/latency-table.ts';
import type { ReportTable } from './tables/report-table.ts';

/** What the terminal shows at the end of a bench: what was timed, the table, and all that keeps it from being taken as it is. */
export function benchSummary(record: BenchRecord, drawTable: (table: ReportTable) => string): string {
  const { weights, input, warnings, failures } = record;
  const table = latencyTable(record, { notes: false });
  const notes = latencyNotes(record).map((note) => `note: ${note}`);
  return [
    `YOLOX-${weights.variant} (${weights.file}) at ${input.size.join('x')} on ${input.description}`,
    ...failures.map(({ reason }) => `failed: ${reason}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(table ? [[table.title, drawTable(table), table.conclusion].join('\n')] : ['No point was finished.']),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
  ].join('\n\n');
}
