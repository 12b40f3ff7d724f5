import { CHART_BASE, CHART_WIDTH, type Chart } from '../charts/chart.ts';
import type { FigureTrend } from './nightly-view.ts';

/** Values farther apart than this by a factor do not fit on one linear axis. */
const LINEAR_SPAN = 20;
/** A share of the values that the axis spans at least, so that a figure that stays the same looks like it. */
const LEAST_SPAN = 0.02;
const ROOM = 0.08;

/**
 * One figure of every backend over the nights: each night with its own interval, the level of each stretch as a thick line, a
 * triangle where a level begins, a cross where a night is a spike.
 */
export function trendChart(metric: string, trends: readonly FigureTrend[]): Chart {
  const [{ unit, kind }] = trends as [FigureTrend];
  const labels = trends.map(({ label }) => label);
  const values = trends.flatMap(({ label, points }) =>
    points.map(({ run, startedAt, value, interval, isSpike }) => ({
      ...{ label, run, time: startedAt, value, isSpike },
      ...{ low: interval?.[0] ?? null, high: interval?.[1] ?? null },
    })),
  );
  const levels = trends.flatMap(({ label, levels: all }) =>
    all.map(({ from, to, level }) => ({ label, from, to, level })),
  );
  const changes = trends.flatMap(({ label, changes: all }) =>
    all.map(({ startedAt, after, size }) => ({ label, time: startedAt, after, isUp: size > 0 })),
  );
  const scale = scaleOf(values.flatMap(({ value, low, high }) => [value, low, high]));
  const y = { type: 'quantitative' as const, title: unit === 'fraction' ? metric : unit, scale };
  // In UTC, as everywhere else: the page is the same wherever it is made.
  const x = { type: 'temporal' as const, title: null, scale: { type: 'utc' as const } };
  const hasIntervals = values.some(({ low }) => low !== null);
  return {
    id: `trend-${metric}`,
    title:
      `${metric} over the nights${kind === 'drift' ? ', less the reference' : ''}: thick lines are levels, triangles where one begins, crosses spikes` +
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
                },
              },
            ]
          : []),
        {
          data: { values },
          mark: { type: 'line', strokeWidth: 1, opacity: 0.7 },
          encoding: { x: { field: 'time', ...x }, y: { field: 'value', ...y } },
        },
        {
          data: { values: levels },
          mark: { type: 'rule', strokeWidth: 3 },
          encoding: {
            x: { field: 'from', ...x },
            x2: { field: 'to' },
            y: { field: 'level', ...y },
          },
        },
        {
          data: { values: changes },
          mark: { type: 'point', filled: true, size: 90, opacity: 1 },
          encoding: {
            x: { field: 'time', ...x },
            y: { field: 'after', ...y },
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

function scaleOf(values: readonly (number | null)[]) {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (low > 0 && high > LINEAR_SPAN * low) return { type: 'log' as const };
  const least = LEAST_SPAN * Math.max(Math.abs(low), Math.abs(high), 0.01);
  const spare = Math.max(0, least - (high - low)) / 2;
  const room = ROOM * Math.max(high - low, least);
  return { domain: [low - spare - room, high + spare + room], nice: false, zero: false };
}
