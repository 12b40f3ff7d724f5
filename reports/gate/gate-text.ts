import { tableText } from '../table-text.ts';
import type { ReportTable } from '../tables/report-table.ts';
import type { GateRecord } from './gate-record.ts';
import { gateTable } from './gate-table.ts';

/** What the terminal shows of a gate: the verdict, then every figure behind it. */
export function gateText(record: GateRecord, drawTable: (table: ReportTable) => string): string {
  const { checks, notes, sentence } = record;
  const table = gateTable(record);
  return [
    sentence,
    ...(checks.length === 0
      ? []
      : [
          tableText({ ...table, conclusion: '' }, drawTable)
            .replace(/\n\n?(?=note:|$)/g, '\n')
            .trimEnd(),
        ]),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n\n');
}
