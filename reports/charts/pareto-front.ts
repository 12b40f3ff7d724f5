import type { TuneResult } from '../record/tune-result.ts';
import { coreNoun } from '../tables/core-number.ts';
import { tunePointLabel } from '../tables/tune-point-label.ts';
import { CHART_BASE, CHART_WIDTH, type Chart } from './chart.ts';

/** Throughput over latency of every point that was measured, the front as a line, the choice ringed. */
export function paretoFrontChart(result: TuneResult): Chart | null {
  const { source } = result;
  const noun = coreNoun(source.device);
  const values = result.points.flatMap((point) =>
    point.comparable
      ? {
          point: tunePointLabel(result, point),
          cores: point.coreNumber,
          p50: point.comparable.p50Ms,
          throughput: point.comparable.imagesPerSecond,
          front: point.onFront,
          chosen: point.state === 'chosen',
          standing: point.state,
          requests: point.requests,
        }
      : [],
  );
  if (values.length === 0) return null;
  const x = {
    field: 'p50',
    type: 'quantitative' as const,
    title: 'p50 of a request, ms',
    scale: { type: 'log' as const, nice: false, padding: 16 },
  };
  const y = { field: 'throughput', type: 'quantitative' as const, title: 'images/s' };
  return {
    id: 'pareto-front',
    title: `Throughput over latency (${source.latencyProvenance}): no point is better in both than one on the line`,
    spec: {
      ...CHART_BASE,
      width: CHART_WIDTH,
      height: 280,
      data: { values },
      encoding: { x, y },
      layer: [
        {
          transform: [{ filter: { field: 'front', equal: true } }],
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5, color: 'currentColor' },
        },
        {
          mark: { type: 'point', filled: true, size: 60 },
          encoding: {
            color: {
              field: 'cores',
              type: 'ordinal',
              scale: { scheme: 'viridis' },
              legend: { title: `${noun}s`, orient: 'bottom' },
            },
            opacity: { condition: { test: 'datum.front', value: 1 }, value: 0.4 },
            tooltip: [
              { field: 'point', type: 'nominal' },
              { field: 'p50', type: 'quantitative', format: '.2f', title: 'p50 ms' },
              { field: 'throughput', type: 'quantitative', format: '.1f', title: 'images/s' },
              { field: 'standing', type: 'nominal' },
              { field: 'requests', type: 'quantitative' },
            ],
          },
        },
        {
          transform: [{ filter: { field: 'chosen', equal: true } }],
          mark: { type: 'point', size: 240, strokeWidth: 2, color: 'currentColor' },
        },
        {
          transform: [{ filter: { field: 'chosen', equal: true } }],
          mark: { type: 'text', dx: 10, dy: -12, align: 'left' },
          encoding: { text: { field: 'point', type: 'nominal' } },
        },
      ],
    },
  };
}
