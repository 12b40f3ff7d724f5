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

/** Charts in their order, each with its table; then the tables that have no chart. */
export function chartSections(drawn: readonly DrawnChart[], tables: readonly ReportTable[]): string {
  const withChart = new Set(drawn.map(({ id }) => TABLE_OF_CHART[id]));
  const charted = drawn.map((chart) => {
    const table = tables.find(({ id }) => id === TABLE_OF_CHART[chart.id]);
    return `<section${table ? ` id="${table.id}"` : ''}><h2>${escapeHtml(table?.title ?? chart.title)}</h2>
${table ? `<p>${escapeHtml(table.conclusion)}</p>` : ''}
${chartFigure(chart, table !== undefined)}
${table ? tableMarkup(table) : ''}</section>`;
  });
  const others = tables
    .filter(({ id }) => !withChart.has(id))
    .map(
      (table) =>
        `<section id="${table.id}"><h2>${escapeHtml(table.title)}</h2><p>${escapeHtml(table.conclusion)}</p>${tableMarkup(table)}</section>`,
    );
  return [...charted, ...others].join('\n');
}
