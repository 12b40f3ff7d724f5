import { basename } from 'node:path';
import { formatCount } from '../../reports/format-figures.ts';
import type { FigureTrend, NightlyRun, NightlyView } from '../../reports/history/nightly-view.ts';
import { coreNoun } from '../../reports/tables/core-number.ts';
import { backendLabel } from '../../reports/tables/report-table.ts';
import {
  HISTORY_METRICS,
  type History,
  type HistoryMetric,
  type HistoryRun,
  keyDifferences,
  listCategories,
  listGates,
  listRuns,
  readSeries,
  type Series,
  seriesTrend,
} from '../store/history/index.ts';
import { differencesText } from './differences-text.ts';
import { futureWarnings } from './future-runs.ts';
import { isTwin } from './series-notes.ts';

/** Older series of one backend, core number and batch that a chart has room for. */
const MOST_OLDER = 5;

/**
 * What the nightly page shows of a history: of each backend, core number and batch the series that goes on, and up to five older ones,
 * which differ in weights or options. Of categories the changes alone are looked for, in the series that goes on.
 * @param now what runs are dated by as in the future
 */
export function nightlyViewOf(history: History, now: Date): NightlyView {
  const runs = listRuns(history);
  const gates = listGates(history);
  const leftOut: Record<string, { series: number; runs: number }> = {};
  const trends = HISTORY_METRICS.flatMap((metric) =>
    listCategories(history, metric.name).flatMap((category) => {
      const all = readSeries(history, { metric: metric.name, category });
      const shown = all.filter((series) => olderThan(all, series) <= (category === '' ? MOST_OLDER : 0));
      const rest = category === '' ? all.filter((series) => !shown.includes(series)) : [];
      if (rest.length > 0) leftOut[metric.name] = { series: rest.length, runs: runsIn(rest) };
      return shown.map((series) => trendOf(series, latestOf(all, series), metric, runs));
    }),
  );
  return {
    name: basename(history.file),
    gate: gates.at(-1)?.document ?? null,
    ...{ trends, leftOut, warnings: futureWarnings(runs, now) },
    runs: runs.map((run) => nightOf(run, trends, gates)),
  };
}

/** How many series of the same backend, core number, batch and clock go on for longer; of series with the latest first. */
const olderThan = (all: readonly Series[], series: Series): number =>
  all.slice(0, all.indexOf(series)).filter((other) => isTwin(series, other)).length;

const latestOf = (all: readonly Series[], series: Series): Series =>
  all.find((other) => isTwin(series, other))!;

const runsIn = (all: readonly Series[]): number =>
  new Set(all.flatMap(({ points }) => points.map(({ run }) => run))).size;

function trendOf(
  all: Series,
  latest: Series,
  metric: HistoryMetric,
  runs: readonly HistoryRun[],
): FigureTrend {
  const { series, found, changes } = seriesTrend(all, runs);
  const { points, category } = series;
  const spikes = new Set(found.spikes);
  return {
    ...{ metric: metric.name, category, unit: metric.unit, kind: metric.kind, label: labelOf(series) },
    differs: differencesText(keyDifferences(all.key, latest.key)),
    points: points.map(({ run, startedAt, value, interval }, place) => {
      return { run, startedAt, value, interval, isSpike: spikes.has(place) };
    }),
    levels: found.levels.map(({ start, last, level, nights }) => {
      return { from: points[start]!.startedAt, to: points[last]!.startedAt, level, nights };
    }),
    changes: changes.map(
      ({ runAfter, runBefore, index, before, after, size, interval, nightsAfter, environment }) => ({
        ...{ run: runAfter, runBefore, startedAt: points[index]!.startedAt, before, after, size, interval },
        isWorse: size > 0 !== (metric.direction === 'higher-is-better'),
        ...{ nightsAfter, environment: differencesText(environment) },
      }),
    ),
    noise: found.tooFew ? null : found.noise.deviation,
  };
}

function labelOf({ key: { runs, timing }, points }: Series): string {
  const { name, precision, outputs, device } = runs;
  const provenance = timing === undefined ? outputs : points.at(-1)!.provenance;
  const label = backendLabel({ name, precision, outputProvenance: provenance });
  if (timing === undefined) return label;
  const noun = coreNoun(timing.provenance === 'modelled' ? 'card' : device);
  return `${label}, ${formatCount(timing.coreNumber, noun)}, batch ${timing.batch}, ${timing.clock} time`;
}

function nightOf(
  { id, startedAt, status, exitCode, sentence, environment, baselines }: HistoryRun,
  trends: readonly FigureTrend[],
  gates: ReturnType<typeof listGates>,
): NightlyRun {
  const own = trends
    .filter(({ metric, category }) => metric === 'AP' && category === '')
    .flatMap(({ label, differs, points }) =>
      points.filter(({ run }) => run === id).map(({ value }) => ({ label, differs, value })),
    );
  return {
    ...{ id, startedAt, status, exitCode, sentence, commit: environment.commit, baselines },
    ap: Object.fromEntries(own.map(({ label, value }) => [label, value])),
    differs: [...new Set(own.map(({ differs }) => differs))].filter(Boolean).join('; '),
    verdict: gates.findLast(({ run }) => run === id)?.document.verdict ?? null,
  };
}
