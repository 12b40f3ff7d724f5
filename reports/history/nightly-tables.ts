import { formatCount, formatFigure } from '../format-figures.ts';
import { VERDICT_WORDS } from '../gate/gate-sentence.ts';
import type { ReportTable } from '../tables/report-table.ts';
import { formatChange, formatValue } from './format-value.ts';
import type { FigureTrend, NightlyView, TrendChange } from './nightly-view.ts';
import { shortTime } from './short-time.ts';

/** A page with thousands of rows helps nobody; `history list` has them all. */
const MOST_RUNS = 400;
const MOST_CHANGES = 200;

/** Every change of level, the latest first. */
export function changesTable({ trends, runs }: NightlyView): ReportTable {
  const all = trends
    .flatMap((trend) => trend.changes.map((change) => ({ trend, change })))
    .sort((a, b) => compare(b.change.startedAt, a.change.startedAt));
  const worse = all.filter(({ change }) => change.isWorse).length;
  const nights = formatCount(runs.length, 'run');
  return {
    id: 'changes',
    title: 'What changed',
    header: [
      'figure',
      'run',
      'started',
      'change',
      '95 % interval',
      'before',
      'after',
      'nights since',
      'with it',
    ],
    rows: all.slice(0, MOST_CHANGES).map(({ trend, change }) => changeRow(trend, change)),
    conclusion:
      all.length === 0
        ? `No figure changed its level in ${nights}.`
        : `${formatCount(all.length, 'change')} of level in ${nights}, ${worse} of them for the worse.`,
    notes: [
      ...(all.length > MOST_CHANGES ? [`${all.length - MOST_CHANGES} older ones are left out.`] : []),
      ...(trends.some(({ differs }) => differs !== '')
        ? [
            'Between series of other weights or options no change is looked for, nor of categories in older series.',
          ]
        : []),
    ],
  };
}

function changeRow(trend: FigureTrend, change: TrendChange): string[] {
  const { size, interval, before, after, run, startedAt, nightsAfter, isWorse, environment } = change;
  const [low, high] = interval;
  return [
    ...[figureName(trend), String(run), shortTime(startedAt)],
    `${formatChange(size, trend)} ${isWorse ? 'worse' : 'better'}`,
    low === high ? '–' : `${formatChange(low, trend)} … ${formatChange(high, trend)}`,
    ...[formatValue(before, trend), formatValue(after, trend), String(nightsAfter)],
    environment === '' ? 'same commit, versions and machine' : environment,
  ];
}

export function figureName({ metric, category, label, differs }: FigureTrend): string {
  return `${metric}${category === '' ? '' : `/${category}`} of ${label}${differs === '' ? '' : `, older series: ${differs}`}`;
}

/**
 * Where each backend stands in one figure, and where older series of it stood.
 * @param leftOut series that are too many to be shown, and the runs in them
 */
export function standingTable(
  metric: string,
  trends: readonly FigureTrend[],
  leftOut?: NightlyView['leftOut'][string],
): ReportTable {
  const changed = trends.filter(({ changes, differs }) => changes.length > 0 && differs === '');
  const older = trends.filter(({ differs }) => differs !== '');
  return {
    id: `figure-${metric}`,
    title: metric,
    header: [
      'backend',
      ...(older.length > 0 ? ['series'] : []),
      ...['latest', 'level', 'since', 'nights', 'changes', 'noise a night'],
    ],
    rows: trends.map((trend) => {
      const { label, points, levels, changes, noise, differs } = trend;
      const level = levels.at(-1);
      return [
        ...[label, ...(older.length > 0 ? [differs === '' ? 'the latest' : `older: ${differs}`] : [])],
        formatValue(points.at(-1)?.value ?? null, trend),
        ...(level === undefined
          ? ['–', '–', '0']
          : [formatValue(level.level, trend), shortTime(level.from), String(level.nights)]),
        String(changes.length),
        noise === null ? 'too few nights' : formatChange(noise, trend).replace('+', ''),
      ];
    }),
    conclusion: [
      changed.length === 0 ? 'No level changed.' : changed.map(lastChangeSentence).join(' '),
      ...(older.length > 0
        ? [
            `Dashed: ${formatCount(older.length, 'older line')} of other weights, options or data, which the latest cannot be compared with.`,
          ]
        : []),
      ...(leftOut === undefined
        ? []
        : [
            `Not shown: ${leftOut.series} older series of ${formatCount(leftOut.runs, 'run')}, see mlu-parity history trend ${metric}.`,
          ]),
    ].join(' '),
  };
}

function lastChangeSentence(trend: FigureTrend): string {
  const { startedAt, size, before, after, isWorse } = trend.changes.at(-1)!;
  return `${trend.label} has been ${isWorse ? 'worse' : 'better'} by ${formatChange(Math.abs(size), trend).replace('+', '')} since ${shortTime(startedAt)} (${formatValue(before, trend)} → ${formatValue(after, trend)}).`;
}

/** The runs behind the figures, the latest first. */
export function runsTable({ runs }: NightlyView): ReportTable {
  const backends = [...new Set(runs.flatMap(({ ap }) => Object.keys(ap)))];
  const shown = [...runs].reverse().slice(0, MOST_RUNS);
  const hasOlder = shown.some(({ differs }) => differs !== '');
  return {
    id: 'runs',
    title: 'The runs',
    header: [
      'run',
      'started',
      'gate',
      'status',
      'exit',
      ...backends.map((name) => `AP ${name}`),
      'commit',
      'baseline',
      ...(hasOlder ? ['older series: until the latest'] : []),
    ],
    rows: shown.map(({ id, startedAt, verdict, status, exitCode, ap, commit, baselines, differs }) => [
      ...[
        String(id),
        shortTime(startedAt),
        verdict === null ? '–' : VERDICT_WORDS[verdict],
        status,
        String(exitCode),
      ],
      ...backends.map((name) => (name in ap ? formatFigure(ap[name]!) : '–')),
      ...[commit?.slice(0, 8) ?? '–', baselines.join(', ') || '–'],
      ...(hasOlder ? [differs || '–'] : []),
    ]),
    conclusion:
      `${formatCount(runs.length, 'run')}${shown.length < runs.length ? `, of which the latest ${shown.length} are shown` : ''}.` +
      (shown.some(({ ap }) => Object.keys(ap).length === 0)
        ? ' No AP stands beside runs that did not finish, of series that are not shown, or without ground truth.'
        : ''),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
