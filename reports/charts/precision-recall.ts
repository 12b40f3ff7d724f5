import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

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
  const { color, params, opacity } = byBackend(record, values);
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
        params,
        encoding: {
          x: { field: 'recall', type: 'quantitative', scale: { domain: [0, 1] } },
          y: { field: 'precision', type: 'quantitative', scale: { domain: [0, 1] } },
          color,
          opacity,
        },
      },
    },
  };
}
