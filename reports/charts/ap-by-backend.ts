import type { TopLevelSpec } from 'vega-lite';
import type { RunRecord } from '../run-record.ts';
import { backendLabel } from '../tables/report-table.ts';

const FIGURES = ['AP', 'AP50', 'AP75'] as const;

/** AP, AP50 and AP75 of each backend side by side, as a vega-lite spec with its data inside. */
export function apByBackendSpec(record: RunRecord): TopLevelSpec {
  const backends = record.backends.map(backendLabel);
  const values = record.backends.flatMap((backend) =>
    FIGURES.map((figure) => ({
      backend: backendLabel(backend),
      figure,
      value: backend.metrics?.[figure] ?? null,
    })),
  );
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: { step: 28 },
    height: 220,
    background: 'transparent',
    data: { values: values.filter((entry) => entry.value !== null) },
    encoding: {
      x: { field: 'figure', type: 'nominal', sort: [...FIGURES], title: null, axis: { labelAngle: 0 } },
      xOffset: { field: 'backend', sort: backends },
      y: { field: 'value', type: 'quantitative', title: 'average precision', scale: { zero: true } },
    },
    layer: [
      {
        mark: { type: 'bar', tooltip: true },
        encoding: {
          color: {
            field: 'backend',
            type: 'nominal',
            sort: backends,
            title: null,
            legend: { orient: 'bottom', columns: 3 },
          },
        },
      },
      {
        mark: { type: 'text', dy: -5, fontSize: 9 },
        encoding: { text: { field: 'value', type: 'quantitative', format: '.3f' } },
      },
    ],
  };
}
