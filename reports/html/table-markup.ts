import type { ReportTable } from '../tables/report-table.ts';
import { escapeHtml } from './escape-html.ts';
import { listMarkup } from './list-markup.ts';

/** Rows that say more of the row above them are set in. */
const BELONGS_ABOVE = '  ';

/**
 * A table that scrolls where it does not fit, and its notes; nothing for one without rows. A row and those that belong to it
 * are one body, so that the page's script sorts them together.
 */
export function tableMarkup(table: ReportTable): string {
  if (table.rows.length === 0) return '';
  const head = table.header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const bodies = groupsOf(table.rows).map(
    (rows) => `<tbody>${rows.map((row) => rowMarkup(table, row)).join('\n')}</tbody>`,
  );
  const title = escapeHtml(table.title);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><caption class="visually-hidden">${title}</caption><thead><tr>${head}</tr></thead>${bodies.join('\n')}</table></div>${listMarkup('notes', table.notes ?? [])}`;
}

type Row = ReportTable['rows'][number];

function groupsOf(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  for (const row of rows) {
    if (row[0]?.startsWith(BELONGS_ABOVE) && groups.length > 0) groups.at(-1)!.push(row);
    else groups.push([row]);
  }
  return groups;
}

function rowMarkup(table: ReportTable, [first = '', ...rest]: Row): string {
  const cells = rest.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
  return `<tr${rowAnchor(table, first)}><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
}

/** Categories can be linked to: `#category-dog`. */
function rowAnchor(table: ReportTable, name: string): string {
  return table.id === 'categories' ? ` id="category-${escapeHtml(name.replaceAll(' ', '-'))}"` : '';
}
