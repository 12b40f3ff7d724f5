import { type ChangePoint, type ChangePoints, changePoints } from '../../../reference/statistics/index.ts';
import { type KeyDifference, keyDifferences } from './key-differences.ts';
import type { HistoryRun } from './read-runs.ts';
import type { Series, SeriesPoint } from './read-series.ts';

/** A change of level between two runs that follow each other in a series. */
export interface SeriesChange extends ChangePoint {
  /** Numbers of the last run at the old level and the first at the new one. */
  readonly runBefore: number;
  readonly runAfter: number;
  /** Nights with a figure at the new level, up to the next change. */
  readonly nightsAfter: number;
  /** What else became different between the two runs: commit, versions, machine. */
  readonly environment: readonly KeyDifference[];
}

/** A series with its levels; places are those of its points. */
export interface SeriesTrend {
  readonly series: Series;
  readonly found: ChangePoints;
  readonly changes: readonly SeriesChange[];
}

/** Points looked at: of a job that runs with every commit the past alone would take minutes. */
const MOST_POINTS = 2000;

/**
 * Change points of a series' latest 2,000 points, with the runs around each.
 * @param runs of the history, at least those of the series.
 */
export function seriesTrend(
  all: Series,
  runs: readonly HistoryRun[],
  options: { readonly leastChange?: number } = {},
): SeriesTrend {
  const series = { ...all, points: all.points.slice(-MOST_POINTS) };
  const found = changePoints(
    series.points.map(({ value }) => value),
    options,
  );
  const environmentOf = new Map(runs.map(({ id, environment }) => [id, environment]));
  const changes = found.changes.map((change, i): SeriesChange => {
    const runBefore = runAt(series.points, change.lastBefore);
    const runAfter = runAt(series.points, change.index);
    return {
      ...change,
      ...{ runBefore, runAfter },
      nightsAfter: found.levels[i + 1]!.nights,
      environment: keyDifferences(environmentOf.get(runBefore), environmentOf.get(runAfter)),
    };
  });
  return { series, found, changes };
}

const runAt = (points: readonly SeriesPoint[], place: number): number => points[place]!.run;
