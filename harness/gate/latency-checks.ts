import { intervalVerdict } from '../../reference/compare/index.ts';
import { normalQuantile, ratioInterval } from '../../reference/statistics/index.ts';
import { formatCount } from '../../reports/format-figures.ts';
import type { GateCheck } from '../../reports/gate/gate-record.ts';
import type { BackendRecord, LatencyPoint, LatencySeries, RunRecord } from '../../reports/record/index.ts';
import { coreNumberLabel } from '../../reports/tables/core-number.ts';
import { isOf, latencyBudgetFor } from '../config/latency-budget.ts';
import { differencesText } from '../history/differences-text.ts';
import { keyDifferences, latencyKey } from '../store/history/index.ts';
import { checkBase } from './accuracy-checks.ts';
import type { GateOptions } from './gate-options.ts';

/** A time that was taken, here or on the device of a recording: of a model's or a stand-in's times a gate says nothing. */
export const isTimed = ({ provenance }: LatencyPoint): boolean =>
  provenance === 'measured' || provenance === 'replayed';

/** The clock a user waits by, where there is one. */
export const clockOf = ({ host }: LatencyPoint): 'host' | 'device' => (host === null ? 'device' : 'host');

export interface TimedBackends {
  readonly before: { readonly record: RunRecord; readonly backend: BackendRecord };
  readonly now: { readonly record: RunRecord; readonly backend: BackendRecord };
}

/** Half-width, in standard deviations, of a 95 % interval. */
const NORMAL_95 = normalQuantile(0.975);

/**
 * p50 of each point of a backend that has a budget, against that of the baseline. An interval of a median says how sure it is of
 * one night; what nights differ by besides, `noiseOf`, makes the interval of their ratio wider.
 * @param noiseOf standard deviation of p50 from night to night as a share of it; 0 where nobody knows.
 */
export function latencyChecks(
  { before, now }: TimedBackends,
  { latencyBudgets }: Pick<GateOptions, 'latencyBudgets'>,
  noiseOf: (point: LatencyPoint) => number,
): GateCheck[] {
  const { backend } = now;
  return backend.latency.flatMap((point) => {
    const { coreNumber, batch } = point;
    const budget = latencyBudgetFor(latencyBudgets, { backend: backend.name, coreNumber, batch });
    // A budget of all times is of those that were taken; one that names a backend must be judged.
    if (budget === null || (budget.backend === null && !isTimed(point))) return [];
    return [pointCheck({ before, now }, point, budget.slowdown, noiseOf(point))];
  });
}

/** Budgets that name times which the run has not: they must not look as if they had been kept. */
export function missingPointChecks(
  backend: BackendRecord,
  { latencyBudgets }: Pick<GateOptions, 'latencyBudgets'>,
): GateCheck[] {
  return latencyBudgets
    .filter((budget) => budget.backend === backend.name)
    .filter(
      (budget) =>
        !backend.latency.some(({ coreNumber, batch }) =>
          isOf(budget, { backend: backend.name, coreNumber, batch }),
        ),
    )
    .map(({ coreNumber, batch, slowdown }) => ({
      ...latencyBase(backend, slowdown),
      point: [coreNumber && `core number ${coreNumber}`, batch && `batch ${batch}`]
        .filter(Boolean)
        .join(', '),
      reason: 'the run has no such time',
    }));
}

export function latencyBase(backend: BackendRecord, slowdown: number): GateCheck {
  return { ...checkBase(backend, 'p50', slowdown), kind: 'latency', unit: 'share' };
}

export function pointName(backend: BackendRecord, point: LatencyPoint): string {
  return `${coreNumberLabel(backend, point)}, batch ${point.batch}, ${clockOf(point)} time`;
}

function pointCheck(
  { before, now }: TimedBackends,
  point: LatencyPoint,
  slowdown: number,
  noise: number,
): GateCheck {
  const base: GateCheck = {
    ...latencyBase(now.backend, slowdown),
    point: pointName(now.backend, point),
    ...{ actual: timesOf(point)?.p50Ms ?? null, images: null },
  };
  if (!isTimed(point)) return { ...base, reason: `the time is ${point.provenance}, not taken` };
  const then = before.backend.latency.find(
    ({ coreNumber, batch }) => coreNumber === point.coreNumber && batch === point.batch,
  );
  if (then === undefined) return { ...base, reason: 'the baseline has no such time' };
  const other = keyDifferences(
    latencyKey(before.record, before.backend, then, clockOf(then)).timing,
    latencyKey(now.record, now.backend, point, clockOf(point)).timing,
  );
  const [was, is] = [timesOf(then)!, timesOf(point)!];
  const timed = { ...base, baseline: was.p50Ms, difference: is.p50Ms / was.p50Ms - 1 };
  if (other.length > 0) return { ...timed, reason: `timed otherwise: ${differencesText(other)}` };
  const [first, second] = [estimateOf(was), estimateOf(is)];
  if (first === null || second === null) {
    return {
      ...timed,
      reason: `${formatCount(Math.min(was.samples, is.samples), 'sample')} are too few for an interval`,
    };
  }
  const ratio = ratioInterval(second, first, NORMAL_95 * Math.SQRT2 * noise);
  const [low, high] = [ratio.low - 1, ratio.high - 1];
  return { ...timed, low, high, verdict: intervalVerdict(-high, -low, slowdown) };
}

const timesOf = (point: LatencyPoint): LatencySeries | null => point[clockOf(point)];

function estimateOf({
  p50Ms,
  p50IntervalMs,
}: LatencySeries): { value: number; low: number; high: number } | null {
  if (p50IntervalMs === null || p50IntervalMs[0] <= 0) return null;
  return { value: p50Ms, low: p50IntervalMs[0], high: p50IntervalMs[1] };
}
