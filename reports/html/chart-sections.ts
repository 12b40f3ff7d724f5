import type { DrawnChart } from '../charts/draw-chart.ts';
import type { ReportTable } from '../tables/report-table.ts';
import { chartFigure } from './chart-figure.ts';
import { escapeHtml } from './escape-html.ts';
import { tableMarkup } from './table-markup.ts';

/** Tables stand below the chart of the same matter; a chart without a table stands by itself. */
const TABLE_OF_CHART: Readonly<Record<string, string>> = {
  'ap-by-backend': 'accuracy',
  'drift-waterfall': 'drift',
  'category-differences': 'categories',
  shifts: 'detections',
  sqnr: 'tensors',
  'saturation-by-layer': 'saturation',
  'latency-by-cores': 'latency',
};

/** A part of the page with a heading of its own. */
export interface PageSection {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly markup: string;
}

/** Charts in their order, each with its table; then the tables that have no chart. */
export function chartSections(drawn: readonly DrawnChart[], tables: readonly ReportTable[]): PageSection[] {
  const withChart = new Set(drawn.map(({ id }) => TABLE_OF_CHART[id]));
  const charted = drawn.map((chart): PageSection => {
    const table = tables.find(({ id }) => id === TABLE_OF_CHART[chart.id]);
    if (table === undefined) {
      const { id, title } = chart;
      const markup = `<section><h2>${escapeHtml(title)}</h2>
${chartFigure(chart, `Chart: ${title}`, false)}</section>`;
      return { id, title, markup };
    }
    const said = `Chart: ${table.conclusion} The figures are in the table below.`;
    return sectionOf(table, `${chartFigure(chart, said, true)}\n`);
  });
  const others = tables.filter(({ id }) => !withChart.has(id)).map((table) => sectionOf(table, ''));
  return [...charted, ...others];
}

function sectionOf(table: ReportTable, figure: string): PageSection {
  const { id, title, conclusion } = table;
  return {
    id,
    title,
    markup: `<section id="${id}"><h2>${escapeHtml(title)}</h2>
<p>${escapeHtml(conclusion)}</p>
${figure}${tableMarkup(table)}</section>`,
  };
}
