import type { TopLevelSpec } from 'vega-lite';
import { predictTime } from '../../reference/statistics/index.ts';
import type { TuneLaw, TuneResult, TuneResultPoint } from '../record/tune-result.ts';
import { coreNoun } from '../tables/core-number.ts';
import { CHART_BASE, type Chart } from './chart.ts';

type PartSpec = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

/**
 * Latency by core number with its interval, and how much of a core each core number makes use of, with the fitted law as
 * a line through both. One series a batch size, with one context where there is such a point, for contexts cost as well.
 */
export function scalingFitChart(result: TuneResult): Chart | null {
  const values = result.points
    .filter((point) => point.contexts === 1)
    .flatMap((point) => measuredValue(result, point));
  if (new Set(values.map(({ cores }) => cores)).size < 2) return null;
  const curves = bestLaws(result).flatMap((law) => curveOf(law, values));
  const noun = coreNoun(result.source.device);
  return {
    id: 'scaling-fit',
    title: `Latency and efficiency by core number (${result.source.latencyProvenance}), the line being the fitted law`,
    spec: {
      ...CHART_BASE,
      hconcat: [
        panel(values, curves, noun, { value: 'p50', low: 'low', high: 'high', title: 'p50, ms' }),
        panel(values, curves, noun, {
          value: 'efficiency',
          title: 'efficiency, T(1) / (N·T(N))',
          format: '%',
        }),
      ],
    },
  };
}

interface MeasuredValue {
  readonly batch: string;
  readonly cores: number;
  readonly p50: number;
  /** Null where the point's rounds leave no interval. */
  readonly low: number | null;
  readonly high: number | null;
  /** Null where one core was not timed: what a law says of it is the line's, and no measurement. */
  readonly efficiency: number | null;
  readonly chosen: boolean;
}

function measuredValue(result: TuneResult, point: TuneResultPoint): MeasuredValue[] {
  if (!point.comparable || point.p50Ms === null) return [];
  const { p50Ms } = point.comparable;
  // The interval is that of the point's own rounds, carried over to the shared ones.
  const [low, high] = point.p50IntervalMs?.map((ms) => (ms * p50Ms) / point.p50Ms!) ?? [];
  const single = result.points.find(
    ({ coreNumber, batch, contexts }) => coreNumber === 1 && batch === point.batch && contexts === 1,
  );
  const one = single?.comparable?.p50Ms ?? null;
  return [
    {
      batch: `batch ${point.batch}`,
      cores: point.coreNumber,
      p50: p50Ms,
      low: low ?? null,
      high: high ?? null,
      efficiency: one === null ? null : one / (point.coreNumber * p50Ms),
      chosen: point.state === 'chosen',
    },
  ];
}

/** Of each batch size the law that predicts points best that it was not fitted on. */
function bestLaws(result: TuneResult): TuneLaw[] {
  const batches = [...new Set(result.laws.map(({ batch }) => batch))];
  return batches.flatMap((batch) => lawOf(result, batch) ?? []);
}

function lawOf({ laws }: TuneResult, batch: number): TuneLaw | null {
  const [best] = laws
    .filter((law) => law.batch === batch && law.contexts === 'one')
    .sort((a, b) => a.heldOutRms - b.heldOutRms);
  return best ?? null;
}

function curveOf(law: TuneLaw, values: readonly MeasuredValue[]) {
  const largest = Math.max(...values.map(({ cores }) => cores));
  return Array.from({ length: largest }, (_, i) => {
    const cores = i + 1;
    const p50 = predictTime({ law: law.law, t1: law.t1Ms, sigma: law.sigma, kappa: law.kappa }, cores);
    return { batch: `batch ${law.batch}`, cores, p50, efficiency: law.t1Ms / (cores * p50) };
  });
}

interface PanelFields {
  readonly value: 'p50' | 'efficiency';
  readonly low?: 'low';
  readonly high?: 'high';
  readonly title: string;
  readonly format?: string;
}

function panel(
  values: readonly MeasuredValue[],
  curves: readonly object[],
  noun: string,
  { value, low, high, title, format }: PanelFields,
): PartSpec {
  const x = {
    field: 'cores',
    type: 'quantitative' as const,
    title: `${noun}s of one inference`,
    scale: { type: 'log' as const, base: 2 },
    axis: { values: [...new Set(values.map(({ cores }) => cores))], format: 'd' },
  };
  const y = {
    field: value,
    type: 'quantitative' as const,
    title,
    ...(format === undefined ? {} : { axis: { format } }),
  };
  const color = {
    field: 'batch',
    type: 'nominal' as const,
    sort: [...new Set(values.map(({ batch }) => batch))],
    legend: { orient: 'bottom' as const, title: null },
  };
  return {
    width: 280,
    height: 220,
    layer: [
      {
        data: { values: [...curves] },
        mark: { type: 'line', strokeWidth: 1.5, strokeDash: [4, 3] },
        encoding: { x, y, color },
      },
      ...(low && high
        ? [
            {
              data: { values: values.filter((value) => value[low] !== null) },
              mark: { type: 'rule' as const, strokeWidth: 2 },
              encoding: { x, y: { ...y, field: low }, y2: { field: high }, color },
            },
          ]
        : []),
      {
        data: { values: [...values] },
        mark: { type: 'point', filled: true, size: 60, tooltip: true },
        encoding: { x, y, color },
      },
      {
        data: { values: values.filter(({ chosen }) => chosen) },
        mark: { type: 'point', size: 240, strokeWidth: 2, color: 'currentColor' },
        encoding: { x, y },
      },
    ],
  };
}
