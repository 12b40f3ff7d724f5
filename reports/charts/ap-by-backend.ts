import { formatDifference } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

const FIGURES = ['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl'] as const;

/** The six APs of each backend side by side; the difference to the reference in the tooltip. */
export function apByBackend(record: RunRecord): Chart | null {
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
  const { color, xOffset, params, opacity } = byBackend(record, values);
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
        xOffset,
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
          params,
          mark: 'bar',
          encoding: {
            color,
            opacity,
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
