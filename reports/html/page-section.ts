import type { DrawnChart } from '../charts/draw-chart.ts';
import type { ReportTable } from '../tables/report-table.ts';
import { chartFigure } from './chart-figure.ts';
import { escapeHtml } from './escape-html.ts';
import { tableMarkup } from './table-markup.ts';

/** A part of a page with a heading of its own. */
export interface PageSection {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly markup: string;
}

/** What a table says, the chart of the same matter, and the table. */
export function tableSection(table: ReportTable, chart?: DrawnChart): PageSection {
  const { id, title, conclusion } = table;
  const said = `Chart: ${conclusion} The figures are in the table below.`;
  const figure = chart === undefined ? '' : `${chartFigure(chart, said, true)}\n`;
  return {
    id,
    title,
    markup: `<section id="${id}"><h2>${escapeHtml(title)}</h2>
<p>${escapeHtml(conclusion)}</p>
${figure}${tableMarkup(table)}</section>`,
  };
}
