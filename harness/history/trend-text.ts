import { nightsToTell } from '../../reference/statistics/index.ts';
import { formatCount } from '../../reports/format-figures.ts';
import { coreNoun } from '../../reports/tables/core-number.ts';
import type { HistoryMetric, Series, SeriesChange, SeriesTrend } from '../store/history/index.ts';
import { formatTable } from '../terminal/table.ts';
import { differencesText } from './differences-text.ts';
import { formatChange, formatValue } from './format-value.ts';
import { shortTime } from './short-time.ts';

/** Runs shown on each side of a change, and at the end. */
const AROUND = 2;
const LATEST = 5;

/** A series in words: what it is, where it stands, each change with the runs around it, and what could be told. */
export function trendText(trend: SeriesTrend, metric: HistoryMetric, note: string): string {
  const { series, found, changes } = trend;
  return [
    titleOf(series, metric),
    ...(note === '' ? [] : [note]),
    standing(trend, metric),
    ...changes.map((change) => `  ${changeText(change, series, metric)}`),
    ...found.spikes.map((place) => `  spike, no change: ${pointText(series, place, metric)}`),
    '',
    ...pointTable(trend, metric),
    '',
    tellable(trend, metric),
  ].join('\n');
}

function titleOf({ key, category, points }: Series, { name }: HistoryMetric): string {
  const { timing } = key;
  const provenance = points.at(-1)!.provenance;
  const parts = [
    `${name}${category === '' ? '' : `/${category}`}`,
    `${key.backend}${provenance === 'measured' ? '' : ` (${provenance})`}`,
    ...(timing === undefined
      ? []
      : [
          `${formatCount(timing.coreNumber, coreNoun(timing.provenance === 'modelled' ? 'card' : key.runs.device))}`,
          `batch ${timing.batch}`,
          `${timing.clock} time`,
        ]),
    formatCount(points.length, 'run'),
  ];
  return parts.join(' · ');
}

function standing({ series, found, changes }: SeriesTrend, metric: HistoryMetric): string {
  const level = found.levels.at(-1);
  if (level === undefined) return `No run has a figure.`;
  const first = series.points[level.start]!;
  const since = `since run ${first.run} of ${shortTime(first.startedAt)}, ${formatCount(level.nights, 'night')}`;
  const now = `${formatValue(level.level, metric)} ${since}`;
  if (found.tooFew) return `${now}: too few to tell a change.`;
  if (changes.length === 0) return `${now}: no change.`;
  return `${now}; ${changes.length === 1 ? 'it changed once' : `it changed ${changes.length} times`}:`;
}

function changeText(change: SeriesChange, { points }: Series, metric: HistoryMetric): string {
  const { size, interval, before, after, runBefore, runAfter, index, nightsAfter, p, environment } = change;
  const better = size > 0 === (metric.direction === 'higher-is-better');
  const [low, high] = interval;
  const range = low === high ? '' : ` (95 % ${formatChange(low, metric)} … ${formatChange(high, metric)})`;
  const chance = p === null ? '' : `, by chance ${p < 1e-4 ? '< 0.0001' : p.toFixed(4)}`;
  return (
    `${better ? 'better' : 'WORSE'} by ${formatChange(size, metric)}${range}, ${formatValue(before, metric)} → ${formatValue(after, metric)}` +
    ` for ${formatCount(nightsAfter, 'night')}${chance}: run ${runAfter} of ${shortTime(points[index]!.startedAt)}, after run ${runBefore}; ` +
    (environment.length === 0 ? 'same commit, versions and machine' : differencesText(environment))
  );
}

/** The runs around each change and the latest ones; what lies between is left out. */
function pointTable({ series, changes, found }: SeriesTrend, metric: HistoryMetric): string[] {
  const { points } = series;
  const shown = new Set<number>();
  const show = (from: number, to: number): void => {
    for (let place = Math.max(0, from); place < Math.min(points.length, to); place++) shown.add(place);
  };
  show(0, 1);
  for (const { index, lastBefore } of changes) show(lastBefore + 1 - AROUND, index + AROUND);
  show(points.length - LATEST, points.length);
  const marks = new Map<number, string>([
    ...found.spikes.map((place) => [place, 'spike'] as const),
    ...changes.map(({ index }) => [index, '← changed'] as const),
  ]);
  const rows: string[][] = [];
  let last = -1;
  for (const place of [...shown].sort((a, b) => a - b)) {
    if (place > last + 1) rows.push(['…', `${place - last - 1} more`, '', '']);
    const { run, startedAt, value } = points[place]!;
    rows.push([`run ${run}`, shortTime(startedAt), formatValue(value, metric), marks.get(place) ?? '']);
    last = place;
  }
  const columns = marks.size > 0 ? 4 : 3;
  return formatTable(
    ['run', 'started', metric.name, ''].slice(0, columns),
    rows.map((row) => row.slice(0, columns)),
  );
}

function pointText({ points }: Series, place: number, metric: HistoryMetric): string {
  const { run, startedAt, value } = points[place]!;
  return `${formatValue(value, metric)} in run ${run} of ${shortTime(startedAt)}`;
}

/** What a change has to be, and last, to be told from here on. */
function tellable({ found: { noise, levels, tooFew } }: SeriesTrend, metric: HistoryMetric): string {
  if (tooFew) return 'Changes are looked for from 8 nights on, from 6 where the figure stays the same.';
  if (noise.deviation === 0)
    return 'Without noise from night to night: a change of any size is told in its third night.';
  const nightsOf = (size: number): string => {
    const nights = nightsToTell(size * noise.deviation, noise, levels.at(-1)!.nights);
    const by = formatChange(size * noise.deviation, metric).replace('+', '');
    return nights === null
      ? `one of ${by} not at all`
      : `one of ${by} after about ${formatCount(nights, 'night')}`;
  };
  return `Noise ${formatChange(noise.deviation, metric).replace('+', '')} from night to night: of changes from here on ${[1, 2, 5].map(nightsOf).join(', ')}.`;
}
