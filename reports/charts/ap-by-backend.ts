import { formatDifference } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { CHART_BASE, type Chart, LEGEND_BELOW } from './chart.ts';

const FIGURES = ['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl'] as const;

/** The six APs of each backend side by side; the difference to the reference in the tooltip. */
export function apByBackend(record: RunRecord): Chart | null {
  const backends = record.backends.map(backendLabel);
  const values = record.backends.flatMap((backend) =>
    FIGURES.flatMap((figure) => {
      const value = backend.metrics?.[figure] ?? null;
      if (value === null) return [];
      const difference = backend.isReference
        ? 'reference'
        : formatDifference(backend.difference?.metrics[figure] ?? null);
      const images = `${backend.images} of ${record.dataset.images}`;
      return { backend: backendLabel(backend), figure, value, difference, images };
    }),
  );
  if (values.length === 0) return null;
  return {
    id: 'ap-by-backend',
    title: 'AP by backend',
    spec: {
      ...CHART_BASE,
      width: { step: 30 },
      height: 220,
      data: { values },
      encoding: {
        x: { field: 'figure', type: 'nominal', sort: [...FIGURES], title: null, axis: { labelAngle: 0 } },
        xOffset: { field: 'backend', sort: backends },
        y: { field: 'value', type: 'quantitative', title: 'average precision' },
        tooltip: [
          { field: 'backend', type: 'nominal' },
          { field: 'figure', type: 'nominal' },
          { field: 'value', type: 'quantitative', format: '.4f' },
          { field: 'difference', type: 'nominal' },
          { field: 'images', type: 'nominal' },
        ],
      },
      layer: [
        {
          params: [{ name: 'backendChoice', select: { type: 'point', fields: ['backend'] }, bind: 'legend' }],
          mark: 'bar',
          encoding: {
            color: { field: 'backend', type: 'nominal', sort: backends, legend: LEGEND_BELOW },
            opacity: { condition: { param: 'backendChoice', value: 1 }, value: 0.2 },
          },
        },
        {
          mark: { type: 'text', dy: -5, fontSize: 9 },
          encoding: { text: { field: 'value', type: 'quantitative', format: '.3f' } },
        },
      ],
    },
  };
}
