import type { RunRecord } from '../record/index.ts';
import { coreNounOf } from '../tables/core-number.ts';
import { latencyRows, pointLabel } from '../tables/latency-table.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

/** Times farther apart than this by a factor do not fit on one linear axis: the small ones would lie on the ground. */
const LINEAR_SPAN = 20;

/**
 * p50 of each backend by core number and batch, with the 95 % interval of the median where it was measured. The shape of a
 * point says which clock it is of and where it comes from; a dash below it is the least time the card's arithmetic leaves.
 */
export function latencyByCores(record: RunRecord): Chart | null {
  const rows = latencyRows(record);
  const nouns = new Set(rows.map(({ backend, point }) => coreNounOf(backend, point)));
  // Two threads of a CPU and two cores of a card stand at the same place.
  const place = (label: string): string => (nouns.size > 1 ? label.replace(/ (thread|core)s?/, '') : label);
  const values = rows.map((row) => {
    const { backend, point, clock, series, efficiency } = row;
    return {
      backend: backendLabel(backend),
      cores: place(pointLabel(row)),
      device: backend.device,
      asked: point.askedCoreNumber,
      batch: point.batch,
      time: `${clock} time (${point.provenance})`,
      outputs: backend.outputProvenance,
      notes: point.notes.join('; '),
      p50: series.p50Ms,
      low: series.p50IntervalMs?.[0] ?? series.p50Ms,
      high: series.p50IntervalMs?.[1] ?? series.p50Ms,
      samples: series.samples,
      efficiency,
      floor: point.floorMs,
    };
  });
  if (values.length === 0) return null;
  const { color, xOffset } = byBackend(record, values);
  const inOrder = [...values].sort((a, b) => a.batch - b.batch || a.asked - b.asked);
  const cores = [...new Set(inOrder.map((point) => point.cores))];
  const times = [...new Set(values.map(({ time }) => time))];
  const heights = values.flatMap(({ low, high, floor }) => [low, high, floor ?? low]);
  const least = Math.min(...heights);
  const scale = { type: least > 0 && Math.max(...heights) > LINEAR_SPAN * least ? 'log' : 'linear' } as const;
  const floors = values.some(({ floor }) => floor !== null);
  return {
    id: 'latency-by-cores',
    title:
      `Latency by core number: p50 of the ${times.join(' and the ')} with its 95 % interval` +
      (floors ? '; dashes: the least that the arithmetic of the card leaves' : ''),
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
          title: nouns.size > 1 ? 'core number: threads of the CPU, cores of the card' : 'core number',
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
          { field: 'efficiency', type: 'quantitative', format: '.0%' },
          ...(floors
            ? [{ field: 'floor', type: 'quantitative' as const, format: '.2f', title: 'compute floor ms' }]
            : []),
          { field: 'notes', type: 'nominal' },
        ],
      },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { y: { field: 'low', type: 'quantitative', title: 'ms', scale }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 60 },
          encoding: {
            y: { field: 'p50', type: 'quantitative' },
            shape: {
              field: 'time',
              type: 'nominal',
              sort: times,
              scale: { domain: times },
              legend: { orient: 'top', title: null, labelLimit: 300 },
            },
          },
        },
        ...(floors
          ? [
              {
                transform: [{ filter: 'datum.floor !== null' }],
                mark: { type: 'tick' as const, thickness: 2, size: 24, opacity: 0.7 },
                encoding: { y: { field: 'floor', type: 'quantitative' as const } },
              },
            ]
          : []),
      ],
    },
  };
}
