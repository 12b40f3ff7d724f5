import pc from 'picocolors';
import type { ReportTable } from '../../reports/index.ts';
import { formatTable } from './table.ts';

/** A table of a report for the terminal, its header standing out where colours are on. */
export function drawTable(table: ReportTable): string {
  const [header, rule, ...rows] = formatTable(table.header, table.rows);
  return [pc.bold(header), pc.dim(rule), ...rows].join('\n');
}
