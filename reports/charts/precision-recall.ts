import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { CHART_BASE, type Chart, LEGEND_BELOW } from './chart.ts';

/** Mean precision over recall of each backend, at IoU 0.50, 0.75 and over all thresholds. */
export function precisionRecall(record: RunRecord): Chart | null {
  const values = record.backends.flatMap((backend) =>
    backend.precisionRecall.flatMap(({ iou, precision }) =>
      precision.map((value, i) => ({
        backend: backendLabel(backend),
        iou: `IoU ${iou}`,
        recall: i / 100,
        precision: Math.round(value * 1e4) / 1e4,
      })),
    ),
  );
  if (values.length === 0) return null;
  const backends = record.backends.map(backendLabel);
  return {
    id: 'precision-recall',
    title: 'Precision over recall, mean of the categories',
    spec: {
      ...CHART_BASE,
      data: { values },
      facet: {
        column: {
          field: 'iou',
          type: 'nominal',
          title: null,
          sort: ['IoU 0.50', 'IoU 0.75', 'IoU 0.50:0.95'],
        },
      },
      spec: {
        width: 190,
        height: 190,
        mark: { type: 'line', strokeWidth: 1.5, tooltip: true },
        params: [{ name: 'backendChoice', select: { type: 'point', fields: ['backend'] }, bind: 'legend' }],
        encoding: {
          x: { field: 'recall', type: 'quantitative', scale: { domain: [0, 1] } },
          y: { field: 'precision', type: 'quantitative', scale: { domain: [0, 1] } },
          color: {
            field: 'backend',
            type: 'nominal',
            sort: backends,
            scale: { domain: backends },
            legend: LEGEND_BELOW,
          },
          opacity: { condition: { param: 'backendChoice', value: 1 }, value: 0.15 },
        },
      },
    },
  };
}
