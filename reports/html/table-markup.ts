import type { ReportTable } from '../tables/report-table.ts';
import { escapeHtml } from './escape-html.ts';

/** A table that scrolls where it does not fit, and its notes; nothing for one without rows. */
export function tableMarkup(table: ReportTable): string {
  if (table.rows.length === 0) return '';
  const head = table.header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const body = table.rows
    .map(([first = '', ...rest]) => {
      const cells = rest.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
      return `<tr${rowAnchor(table, first)}><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${notesMarkup(table.notes ?? [])}`;
}

/** Categories can be linked to: `#category-dog`. */
function rowAnchor(table: ReportTable, name: string): string {
  return table.id === 'categories' ? ` id="category-${escapeHtml(name.replaceAll(' ', '-'))}"` : '';
}

function notesMarkup(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  return `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`;
}
