import type { DrawnChart } from '../charts/draw-chart.ts';
import type { ReportTable } from '../tables/report-table.ts';
import { chartFigure } from './chart-figure.ts';
import { escapeHtml } from './escape-html.ts';
import { type PageSection, tableSection } from './page-section.ts';

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
    return tableSection(table, chart);
  });
  const others = tables.filter(({ id }) => !withChart.has(id)).map((table) => tableSection(table));
  return [...charted, ...others];
}
