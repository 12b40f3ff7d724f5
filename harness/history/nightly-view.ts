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

/**
 * What the nightly page shows of a history: of each backend, core number and batch the series that goes on; those of options
 * that are no longer run are left to `history trend`. Of categories the changes alone are looked for.
 */
export function nightlyViewOf(history: History, now: Date): NightlyView {
  const runs = listRuns(history);
  const gates = listGates(history);
  const trends = HISTORY_METRICS.flatMap((metric) =>
    listCategories(history, metric.name).flatMap((category) =>
      currentSeries(readSeries(history, { metric: metric.name, category })).map((series) =>
        trendOf(series, metric, runs),
      ),
    ),
  );
  return {
    name: basename(history.file),
    gate: gates.at(-1)?.document ?? null,
    ...{ trends, warnings: futureWarnings(runs, now) },
    runs: runs.map((run) => nightOf(run, trends, gates)),
  };
}

/** Of series with the latest first, the first of each backend, core number, batch and clock. */
function currentSeries(all: readonly Series[]): Series[] {
  return all.filter((series, i) => !all.slice(0, i).some((other) => isTwin(series, other)));
}

function trendOf(all: Series, metric: HistoryMetric, runs: readonly HistoryRun[]): FigureTrend {
  const { series, found, changes } = seriesTrend(all, runs);
  const { points, category } = series;
  const spikes = new Set(found.spikes);
  return {
    ...{ metric: metric.name, category, unit: metric.unit, kind: metric.kind, label: labelOf(series) },
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
  const ap = trends
    .filter(({ metric, category }) => metric === 'AP' && category === '')
    .flatMap(({ label, points }) =>
      points.filter(({ run }) => run === id).map(({ value }) => [label, value]),
    );
  return {
    ...{ id, startedAt, status, exitCode, sentence, commit: environment.commit, baselines },
    ap: Object.fromEntries(ap),
    verdict: gates.findLast(({ run }) => run === id)?.document.verdict ?? null,
  };
}
