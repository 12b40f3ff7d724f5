import type { ReportTable } from './tables/report-table.ts';

/** A table in the terminal: its title, its rows, what it says, and a line for each note. */
export function tableText(table: ReportTable, drawTable: (table: ReportTable) => string): string {
  const { title, rows, conclusion, notes = [] } = table;
  return [
    title,
    ...(rows.length > 0 ? [drawTable(table)] : []),
    conclusion,
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}
