import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { CHART_BASE, CHART_WIDTH, type Chart, LEGEND_BELOW } from './chart.ts';

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
  const backends = record.backends.map(backendLabel);
  return {
    id: 'saturation-by-layer',
    title: 'Clamped inputs by layer',
    spec: {
      ...CHART_BASE,
      width: CHART_WIDTH,
      height: 180,
      data: { values },
      mark: { type: 'point', filled: true, size: 45 },
      params: [{ name: 'backendChoice', select: { type: 'point', fields: ['backend'] }, bind: 'legend' }],
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
        color: {
          field: 'backend',
          type: 'nominal',
          sort: backends,
          scale: { domain: backends },
          legend: LEGEND_BELOW,
        },
        opacity: { condition: { param: 'backendChoice', value: 1 }, value: 0.1 },
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
