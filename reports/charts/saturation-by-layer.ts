import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, CHART_WIDTH, type Chart } from './chart.ts';

/** Share of clamped inputs of each quantised convolution, in the order of the network. */
export function saturationByLayer(record: RunRecord): Chart | null {
  const values = record.backends.flatMap((backend) =>
    (backend.quantization?.saturation ?? []).flatMap(({ layer, saturated, total }, index) =>
      saturated === 0
        ? []
        : { backend: backendLabel(backend), layer, index: index + 1, saturated, share: saturated / total },
    ),
  );
  if (values.length === 0) return null;
  const { color, params, opacity } = byBackend(record, values);
  return {
    id: 'saturation-by-layer',
    title: 'Clamped inputs by layer',
    spec: {
      ...CHART_BASE,
      width: CHART_WIDTH,
      height: 180,
      data: { values },
      mark: { type: 'point', filled: true, size: 45 },
      params,
      encoding: {
        x: {
          field: 'index',
          type: 'quantitative',
          title: 'quantised convolution, in the order of the network',
        },
        y: {
          field: 'share',
          type: 'quantitative',
          scale: { type: 'log' },
          title: 'share of inputs clamped',
          axis: { format: '.0e' },
        },
        color,
        opacity,
        tooltip: [
          { field: 'layer', type: 'nominal' },
          { field: 'backend', type: 'nominal' },
          { field: 'saturated', type: 'quantitative' },
          { field: 'share', type: 'quantitative', format: '.2e' },
        ],
      },
    },
  };
}
