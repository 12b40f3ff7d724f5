import pc from 'picocolors';
import type { ReportTable } from '../../reports/index.ts';
import { formatTable } from './table.ts';

/** A report's table as text, its header bold on a terminal. */
export function drawTable(table: ReportTable): string {
  const [header, rule, ...rows] = formatTable(table.header, table.rows);
  return [pc.bold(header), pc.dim(rule), ...rows].join('\n');
}
