import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { CHART_BASE, type Chart, LEGEND_BELOW } from './chart.ts';

/** Host p50 of each backend by core number, with the 95 % interval of the median. */
export function latencyByCores(record: RunRecord): Chart | null {
  const values = record.backends.flatMap((backend) =>
    backend.latency.map(({ coreNumber, provenance, host }) => ({
      backend: backendLabel(backend),
      cores: coreNumber,
      provenance,
      p50: host.p50Ms,
      low: host.p50IntervalMs?.[0] ?? host.p50Ms,
      high: host.p50IntervalMs?.[1] ?? host.p50Ms,
      samples: host.samples,
    })),
  );
  if (values.length === 0) return null;
  const backends = record.backends.map(backendLabel);
  const cores = [...new Set(values.map((point) => point.cores))].sort((a, b) => a - b);
  return {
    id: 'latency-by-cores',
    title: 'Latency by core number: p50 of the host time with its 95 % interval',
    spec: {
      ...CHART_BASE,
      width: { step: 110 },
      height: 200,
      data: { values },
      encoding: {
        x: {
          field: 'cores',
          type: 'ordinal',
          sort: cores,
          title: 'core number (CPU threads)',
          axis: { labelAngle: 0 },
        },
        xOffset: { field: 'backend', sort: backends },
        color: {
          field: 'backend',
          type: 'nominal',
          sort: backends,
          scale: { domain: backends },
          legend: LEGEND_BELOW,
        },
        tooltip: [
          { field: 'backend', type: 'nominal' },
          { field: 'provenance', type: 'nominal' },
          { field: 'p50', type: 'quantitative', format: '.2f', title: 'p50 ms' },
          { field: 'low', type: 'quantitative', format: '.2f', title: 'interval from' },
          { field: 'high', type: 'quantitative', format: '.2f', title: 'interval to' },
          { field: 'samples', type: 'quantitative' },
        ],
      },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { y: { field: 'low', type: 'quantitative', title: 'ms' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 60 },
          encoding: { y: { field: 'p50', type: 'quantitative' } },
        },
      ],
    },
  };
}
