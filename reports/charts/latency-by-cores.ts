import type { RunRecord } from '../record/index.ts';
import { coreNumberLabel } from '../tables/core-number.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

/** Host p50 of each backend by core number, with the 95 % interval of the median. */
export function latencyByCores(record: RunRecord): Chart | null {
  const values = record.backends.flatMap((backend) =>
    backend.latency.map((point) => ({
      backend: backendLabel(backend),
      cores: coreNumberLabel(backend, point),
      asked: point.askedCoreNumber,
      time: point.provenance,
      outputs: backend.outputProvenance,
      notes: point.notes.join('; '),
      p50: point.host.p50Ms,
      low: point.host.p50IntervalMs?.[0] ?? point.host.p50Ms,
      high: point.host.p50IntervalMs?.[1] ?? point.host.p50Ms,
      samples: point.host.samples,
    })),
  );
  if (values.length === 0) return null;
  const { color, xOffset } = byBackend(record, values);
  const cores = [...new Set([...values].sort((a, b) => a.asked - b.asked).map((point) => point.cores))];
  const times = [...new Set(values.map(({ time }) => time))].join(' and ');
  return {
    id: 'latency-by-cores',
    title: `Latency by core number: p50 of the host time (${times}) with its 95 % interval`,
    spec: {
      ...CHART_BASE,
      width: { step: 150, for: 'position' },
      height: 200,
      data: { values },
      encoding: {
        x: {
          field: 'cores',
          type: 'ordinal',
          sort: cores,
          title: 'core number',
          axis: { labelAngle: 0, labelLimit: 300 },
        },
        xOffset,
        color,
        tooltip: [
          { field: 'backend', type: 'nominal' },
          { field: 'cores', type: 'nominal' },
          { field: 'time', type: 'nominal' },
          { field: 'outputs', type: 'nominal' },
          { field: 'p50', type: 'quantitative', format: '.2f', title: 'p50 ms' },
          { field: 'low', type: 'quantitative', format: '.2f', title: 'interval from' },
          { field: 'high', type: 'quantitative', format: '.2f', title: 'interval to' },
          { field: 'samples', type: 'quantitative' },
          { field: 'notes', type: 'nominal' },
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
