import { changePoints } from '../../reference/statistics/index.ts';
import type { GateCheck } from '../../reports/gate/gate-record.ts';
import type { BackendRecord, LatencyPoint } from '../../reports/record/index.ts';
import {
  accuracyKey,
  canonicalJson,
  latencyKey,
  readSeries,
  type SeriesKey,
} from '../store/history/index.ts';
import type { GateContext } from './gate-context.ts';
import type { GateRun } from './gate-run.ts';
import { clockOf, isTimed, pointName } from './latency-checks.ts';
import { type Night, seriesCheck } from './series-checks.ts';

/** The level of each figure that was judged, over the nights that can be compared. */
export function accuracySeriesChecks(
  context: GateContext,
  given: GateRun,
  backend: BackendRecord,
  judged: readonly GateCheck[],
): GateCheck[] {
  const key = accuracyKey(given.record, backend);
  return judged.flatMap((check) => {
    const nights = nightsOf(context, given, key, check.metric, (of) => {
      return backendOf(of, backend)?.metrics?.[check.metric] ?? null;
    });
    const found = seriesCheck({ nights, since: context.baselineRecord.startedAt, better: 1, check });
    return found === null ? [] : [found];
  });
}

/** The same of times. */
export function latencySeriesChecks(
  context: GateContext,
  given: GateRun,
  backend: BackendRecord,
  judged: readonly GateCheck[],
): GateCheck[] {
  return backend.latency.filter(isTimed).flatMap((point) => {
    const check = judged.find((other) => other.point === pointName(backend, point));
    if (check === undefined) return [];
    const clock = clockOf(point);
    const nights = nightsOf(
      context,
      given,
      latencyKey(given.record, backend, point, clock),
      'p50Ms',
      (of) => {
        const same = backendOf(of, backend)?.latency.find(
          ({ coreNumber, batch }) => coreNumber === point.coreNumber && batch === point.batch,
        );
        return same?.[clock]?.p50Ms ?? null;
      },
    );
    const found = seriesCheck({ nights, since: context.baselineRecord.startedAt, better: -1, check });
    return found === null ? [] : [found];
  });
}

/** Standard deviation of a p50 from night to night, as a share of its level; 0 where there are too few nights to know. */
export function nightNoise(
  context: GateContext,
  given: GateRun,
  backend: BackendRecord,
  point: LatencyPoint,
): number {
  const nights = nightsBefore(context, latencyKey(given.record, backend, point, clockOf(point)), 'p50Ms');
  const { noise, levels, tooFew } = changePoints(nights.slice(-MOST_NIGHTS).map(({ value }) => value));
  return tooFew ? 0 : noise.deviation / levels.at(-1)!.level;
}

const MOST_NIGHTS = 2000;

/** Those before, then the run, then the one that confirms it, where that is the given one. */
function nightsOf(
  context: GateContext,
  given: GateRun,
  key: SeriesKey,
  metric: string,
  figureOf: (run: GateRun) => number | null,
): Night[] {
  const own = [...new Set([context.run, given])].map((run) => ({
    startedAt: run.record.startedAt,
    value: figureOf(run),
  }));
  return [...nightsBefore(context, key, metric), ...own].slice(-MOST_NIGHTS);
}

function nightsBefore({ history, run, runId }: GateContext, key: SeriesKey, metric: string): Night[] {
  const text = canonicalJson(key);
  const series = readSeries(history, { metric, backend: key.backend }).find(
    (found) => canonicalJson(found.key) === text,
  );
  const { startedAt } = run.record;
  return (series?.points ?? []).filter((point) => point.run !== runId && point.startedAt <= startedAt);
}

const backendOf = ({ record }: GateRun, { name }: BackendRecord): BackendRecord | undefined =>
  record.backends.find((backend) => backend.name === name);
