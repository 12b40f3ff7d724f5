import { namingFailures, parseStored } from './history-error.ts';
import type { History } from './open-history.ts';
import type { SeriesKey } from './series-key.ts';

/** One figure of comparable runs, by the time they started at. */
export interface Series {
  /** Of the history; may be another one once figures are taken from the records again. */
  readonly id: number;
  readonly key: SeriesKey;
  readonly metric: string;
  readonly category: string;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  readonly run: number;
  readonly startedAt: string;
  /** Null where the run has no such figure. */
  readonly value: number | null;
  readonly provenance: string;
}

export interface SeriesChoice {
  readonly metric: string;
  /** Name of a category; default: all of them. */
  readonly category?: string;
  readonly backend?: string;
}

interface PointRow extends SeriesPoint {
  readonly series: number;
  readonly key: string;
}

/** Every series with the metric, the one whose last run is latest first. */
export function readSeries(
  { database, file }: History,
  { metric, category = '', backend }: SeriesChoice,
): Series[] {
  const rows = namingFailures(file, 'read', () =>
    database
      .prepare<[string, string, string | null, string | null], PointRow>(
        `SELECT figure.series AS series, series.key AS key, figure.run AS run, run.started_at AS startedAt, figure.value AS value,
           figure.provenance AS provenance
         FROM figure JOIN series ON series.id = figure.series JOIN run ON run.id = figure.run
         WHERE figure.metric = ? AND figure.category = ? AND (? IS NULL OR series.backend = ?)
         ORDER BY run.started_at, run.id`,
      )
      .all(metric, category, backend ?? null, backend ?? null),
  );
  const bySeries = new Map<number, PointRow[]>();
  for (const row of rows) {
    const points = bySeries.get(row.series);
    if (points) points.push(row);
    else bySeries.set(row.series, [row]);
  }
  return [...bySeries.entries()]
    .map(([id, points]) => ({
      ...{ id, key: parseStored(file, points[0]!.key) as SeriesKey, metric, category },
      points: points.map(({ run, startedAt, value, provenance }) => ({ run, startedAt, value, provenance })),
    }))
    .sort((a, b) => compareText(b.points.at(-1)!.startedAt, a.points.at(-1)!.startedAt) || a.id - b.id);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A series that a run has figures in, and how many runs have. */
export interface SeriesOfRun {
  readonly id: number;
  readonly key: SeriesKey;
  readonly runs: number;
}

/** The series of one run, and those that are not its own but of the same backends. */
export function seriesOfRun(
  { database, file }: History,
  run: number,
): { own: SeriesOfRun[]; others: SeriesOfRun[] } {
  const rows = namingFailures(file, 'read', () =>
    database
      .prepare<[number, number], { id: number; key: string; runs: number; isOwn: number }>(
        `SELECT series.id AS id, series.key AS key, count(DISTINCT figure.run) AS runs, max(figure.run = ?) AS isOwn
         FROM series JOIN figure ON figure.series = series.id
         WHERE series.backend IN (SELECT backend FROM series JOIN figure ON figure.series = series.id WHERE figure.run = ?)
         GROUP BY series.id ORDER BY series.id`,
      )
      .all(run, run),
  );
  const of = (isOwn: number): SeriesOfRun[] =>
    rows
      .filter((row) => row.isOwn === isOwn)
      .map(({ id, key, runs }) => ({ id, key: parseStored(file, key) as SeriesKey, runs }));
  return { own: of(1), others: of(0) };
}
