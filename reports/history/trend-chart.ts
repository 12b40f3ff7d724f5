import { CHART_BASE, CHART_WIDTH, type Chart } from '../charts/chart.ts';
import type { FigureTrend } from './nightly-view.ts';

/** Values farther apart than this by a factor do not fit on one linear axis. */
const LINEAR_SPAN = 20;
/** A share of the values that the axis spans at least, so that a figure that stays the same looks like it. */
const LEAST_SPAN = 0.02;
const ROOM = 0.08;

/** Runs within an hour are shown in the middle of ten days, so that an axis of one night has dates and not milliseconds. */
const LEAST_TIME_MS = 60 * 60 * 1000;
const AROUND_MS = 240 * LEAST_TIME_MS;

/** Older series step back behind the latest. */
const OLDER = 'datum.isOlder';
const DASHES = { strokeDash: { condition: { test: OLDER, value: [4, 3] }, value: [1, 0] } };
const faded = (latest: number, older: number) => ({
  opacity: { condition: { test: OLDER, value: older }, value: latest },
});

/**
 * One figure of every backend over the nights: each night with its own interval, the level of each stretch as a thick line, a
 * triangle where a level begins, a cross where a night is a spike, a dot where one has no neighbour to draw a line to. Older series
 * have dashed lines of their own, which nothing joins to the latest.
 */
export function trendChart(metric: string, trends: readonly FigureTrend[]): Chart {
  const [{ unit, kind }] = trends as [FigureTrend];
  const labels = [...new Set(trends.map(({ label }) => label))];
  const values = trends.flatMap(({ label, differs, points }, series) =>
    points.map(({ run, startedAt, value, interval, isSpike }, at) => ({
      ...{ label, series, isOlder: differs !== '', run, time: startedAt, value, isSpike },
      isAlone: value !== null && !hasNeighbour(points, at),
      ...{ low: interval?.[0] ?? null, high: interval?.[1] ?? null },
    })),
  );
  const levels = trends.flatMap(({ label, differs, levels: all }) =>
    all.map(({ from, to, level }) => ({ label, isOlder: differs !== '', from, to, level })),
  );
  const changes = trends.flatMap(({ label, differs, changes: all }) =>
    all.map(({ startedAt, after, size }) => {
      return { label, isOlder: differs !== '', time: startedAt, after, isUp: size > 0 };
    }),
  );
  const alone = values.filter(({ isAlone }) => isAlone);
  const scale = scaleOf(values.flatMap(({ value, low, high }) => [value, low, high]));
  const y = { type: 'quantitative' as const, title: unit === 'fraction' ? metric : unit, scale };
  // In UTC, as everywhere else: the page is the same wherever it is made.
  const x = {
    type: 'temporal' as const,
    title: null,
    scale: { type: 'utc' as const },
  };
  // One layer has the domain for all: vega-lite spells it in two ways otherwise, and calls that a conflict.
  const xOfLine = { ...x, ...timeAxis(values.map(({ time }) => Date.parse(time))) };
  const series = { detail: { field: 'series', type: 'nominal' as const } };
  const hasIntervals = values.some(({ low }) => low !== null);
  return {
    id: `trend-${metric}`,
    title:
      `${metric} over the nights${kind === 'drift' ? ', less the reference' : ''}: thick lines are levels, triangles where one begins, crosses spikes` +
      (values.some(({ isOlder }) => isOlder) ? ', dashed lines older series' : '') +
      (alone.length > 0 ? ', dots nights without another beside them' : '') +
      (hasIntervals ? ', bands the 95 % interval of each night' : '') +
      // Which images were chosen is no noise between nights, and would hide what is.
      (kind === 'accuracy' ? '; no bands, since every night scores the same images' : ''),
    spec: {
      ...CHART_BASE,
      width: CHART_WIDTH,
      height: 180,
      encoding: {
        color: {
          field: 'label',
          type: 'nominal',
          sort: labels,
          scale: { domain: labels },
          legend: { orient: 'bottom', columns: 2, title: null, labelLimit: 320, symbolOpacity: 1 },
        },
      },
      layer: [
        ...(hasIntervals
          ? [
              {
                data: { values: values.filter(({ low }) => low !== null) },
                mark: { type: 'area' as const, opacity: 0.18 },
                encoding: {
                  x: { field: 'time', ...x },
                  y: { field: 'low', ...y },
                  y2: { field: 'high' },
                  ...series,
                },
              },
              {
                data: { values: alone.filter(({ low }) => low !== null) },
                mark: { type: 'rule' as const, opacity: 0.5 },
                encoding: {
                  x: { field: 'time', ...x },
                  y: { field: 'low', ...y },
                  y2: { field: 'high' },
                },
              },
            ]
          : []),
        {
          data: { values },
          mark: { type: 'line', strokeWidth: 1 },
          encoding: {
            x: { field: 'time', ...xOfLine },
            y: { field: 'value', ...y },
            ...{ ...series, ...DASHES, ...faded(0.7, 0.6) },
          },
        },
        {
          data: { values: alone },
          mark: { type: 'point', filled: true, size: 45 },
          encoding: { x: { field: 'time', ...x }, y: { field: 'value', ...y }, ...faded(1, 0.6) },
        },
        {
          data: { values: levels },
          mark: { type: 'rule', strokeWidth: 3 },
          encoding: {
            x: { field: 'from', ...x },
            x2: { field: 'to' },
            y: { field: 'level', ...y },
            ...{ ...DASHES, ...faded(1, 0.4) },
          },
        },
        {
          data: { values: changes },
          mark: { type: 'point', filled: true, size: 90 },
          encoding: {
            x: { field: 'time', ...x },
            y: { field: 'after', ...y },
            ...faded(1, 0.6),
            shape: {
              field: 'isUp',
              type: 'nominal',
              scale: { domain: [true, false], range: ['triangle-up', 'triangle-down'] },
              legend: null,
            },
          },
        },
        {
          data: { values: values.filter(({ isSpike }) => isSpike) },
          mark: { type: 'point', shape: 'cross', size: 60, opacity: 1 },
          encoding: { x: { field: 'time', ...x }, y: { field: 'value', ...y } },
        },
      ],
    },
  };
}

/** Whether a line leads from a night to one beside it, longer than a dot: runs within an hour are one place of the axis. */
function hasNeighbour(points: FigureTrend['points'], at: number): boolean {
  const time = Date.parse(points[at]!.startedAt);
  return [points[at - 1], points[at + 1]].some(
    (next) =>
      next !== undefined &&
      next.value !== null &&
      Math.abs(Date.parse(next.startedAt) - time) >= LEAST_TIME_MS,
  );
}

/** A short time in the middle of a longer one, by dates; to any other the axis fits itself. */
function timeAxis(times: readonly number[]) {
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const type = 'utc' as const;
  if (last - first >= LEAST_TIME_MS) return { scale: { type } };
  const spare = AROUND_MS / 2;
  const tickCount = { interval: 'day' as const, step: 1 };
  return {
    scale: { type, domain: [first - spare, last + spare] },
    axis: { format: '%m-%d', tickCount },
  };
}

function scaleOf(values: readonly (number | null)[]) {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (low > 0 && high > LINEAR_SPAN * low) return { type: 'log' as const };
  const least = LEAST_SPAN * Math.max(Math.abs(low), Math.abs(high), 0.01);
  const spare = Math.max(0, least - (high - low)) / 2;
  const room = ROOM * Math.max(high - low, least);
  return { domain: [low - spare - room, high + spare + room], nice: false, zero: false };
}
