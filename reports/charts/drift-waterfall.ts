import { formatDifference, formatInterval } from '../format-figures.ts';
import type { FigureDifferenceRecord, RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

const WHOLE = 'whole drift';
const AXIS_TITLE = 'AP minus the reference';

/** AP that the axis spans at least, so that a drift that rounds to nothing looks like nothing. */
const LEAST_SPAN = 0.002;
/** Room for the labels, as a share of what is drawn. */
const ROOM = 0.15;

/**
 * AP of the reference as zero, and each step of the port as a bar from where the one before ended; the last bar is the
 * sum. Whiskers are the interval of a bar's own change. The axis holds differences alone: of a drift of 0.001 an axis from zero AP would show nothing.
 */
export function driftWaterfall(record: RunRecord): Chart | null {
  const steps = record.drift;
  if (steps.length === 0 || steps.some(({ fromReference }) => (fromReference.AP ?? null) === null))
    return null;
  const labelOf = (name: string): string =>
    backendLabel(record.backends.find((backend) => backend.name === name)!);
  const bars = steps.map(({ to, cause, metrics, fromReference, interval }, i) => {
    const start = steps[i - 1]?.fromReference.AP ?? 0;
    return {
      step: cause,
      backend: labelOf(to),
      start,
      end: fromReference.AP!,
      change: formatDifference(metrics.AP!),
      ...whisker(start, interval.AP),
    };
  });
  const last = bars.at(-1)!;
  const lastStep = steps.at(-1)!;
  const whole = record.backends.find(({ name }) => name === lastStep.to)!.difference?.statistics?.metrics.AP;
  const values = [
    ...bars,
    { ...last, step: WHOLE, start: 0, change: formatDifference(last.end), ...whisker(0, whole) },
  ];
  const ends = values.flatMap(({ start, end, low, high }) => [start, end, low ?? end, high ?? end]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const room = ROOM * Math.max(high - low, LEAST_SPAN);
  const spare = Math.max(0, LEAST_SPAN - (high - low)) / 2;
  const domain = [low - room - spare, high + room + spare];
  const { color, params, opacity } = byBackend(record, values);
  return {
    id: 'drift-waterfall',
    title: `AP drift from ${labelOf(steps[0]!.from)}, step by step`,
    spec: {
      ...CHART_BASE,
      width: { step: 110 },
      height: 200,
      encoding: {
        x: { field: 'step', type: 'nominal', sort: null, title: null, axis: { labelAngle: 0 } },
        tooltip: [
          { field: 'step', type: 'nominal' },
          { field: 'backend', type: 'nominal' },
          { field: 'change', type: 'nominal', title: 'change of AP' },
          { field: 'interval', type: 'nominal', title: '95 % interval' },
          { field: 'end', type: 'quantitative', format: '.4f', title: AXIS_TITLE },
        ],
      },
      data: { values },
      layer: [
        {
          params,
          mark: { type: 'bar', size: 48 },
          encoding: {
            y: {
              field: 'start',
              type: 'quantitative',
              title: AXIS_TITLE,
              scale: { domain, nice: false, zero: false },
            },
            y2: { field: 'end' },
            color,
            opacity,
          },
        },
        // A step of nothing still has its place.
        {
          mark: { type: 'tick', thickness: 2, size: 48 },
          encoding: { y: { field: 'end', type: 'quantitative' }, color },
        },
        {
          transform: [{ filter: 'isValid(datum.low)' }],
          mark: { type: 'errorbar', ticks: { size: 12 }, color: 'currentColor', thickness: 1.5 },
          encoding: {
            y: { field: 'low', type: 'quantitative', title: AXIS_TITLE },
            y2: { field: 'high' },
          },
        },
        {
          mark: { type: 'text', dy: -8, fontSize: 10 },
          encoding: {
            y: { field: 'top', type: 'quantitative' },
            text: { field: 'change', type: 'nominal' },
          },
          transform: [
            {
              calculate: 'max(datum.start, datum.end, isValid(datum.high) ? datum.high : datum.end)',
              as: 'top',
            },
          ],
        },
        {
          mark: { type: 'rule', strokeDash: [3, 3], color: 'currentColor', opacity: 0.5 },
          encoding: { y: { datum: 0 } },
        },
      ],
    },
  };
}

/** Where the end of a bar from `start` may lie; nothing without an interval. */
function whisker(start: number, change: FigureDifferenceRecord | null | undefined) {
  if (!change || change.low === null || change.high === null) return { low: null, high: null, interval: '–' };
  return { low: start + change.low, high: start + change.high, interval: formatInterval(change) };
}
