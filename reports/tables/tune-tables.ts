import { samplesNeeded } from '../../reference/statistics/index.ts';
import { formatCount, formatMilliseconds, formatShare, formatSmall } from '../format-figures.ts';
import { formatLoss, formatPercent } from '../format-loss.ts';
import type { TuneLaw, TuneResult, TuneResultPoint } from '../record/tune-result.ts';
import type { ReportTable } from './report-table.ts';
import { tunePointLabel } from './tune-point-label.ts';

/** Every point of a tuning, in the order it was asked for. */
export function tunePointsTable(result: TuneResult): ReportTable {
  const { source, points } = result;
  const columns = columnsOf(result);
  return {
    id: 'tune-points',
    title: `${source.backend} (${source.precision}, ${source.engine}) on ${source.device}: latency of a request in ms, ${source.latencyProvenance}`,
    header: ['point', ...columns.map(({ header }) => header)],
    rows: points.map((point) => [tunePointLabel(result, point), ...columns.map(({ cell }) => cell(point))]),
    conclusion: [effortSentence(result), driftSentence(result), ...reasons(result), tailSentence(result)]
      .filter(Boolean)
      .join(' '),
  };
}

/** The laws fitted to the core numbers; null where there were too few of them. */
export function tuneLawsTable({ laws, points, source }: TuneResult): ReportTable | null {
  if (laws.length === 0) return null;
  const several = points.some(({ contexts }) => contexts > 1);
  return {
    id: 'tune-laws',
    title: 'Scaling laws fitted to the p50 by core number: T(N) = T1·(1 + σ(N − 1) + κN(N − 1)) / N',
    header: ['law', 'points', 'T1 ms', 'σ', 'κ', 'fastest at', 'held-out error', 'worst'],
    rows: laws.map((law) => [
      lawLabel(law, several),
      String(law.points),
      formatMilliseconds(law.t1Ms),
      formatSmall(withoutRounding(law.sigma)),
      formatSmall(withoutRounding(law.kappa)),
      law.fastestCoreNumber === null
        ? '–'
        : `${law.fastestCoreNumber.toFixed(1)}${law.fastestCoreNumber > source.cores ? ' (beyond the device)' : ''}`,
      `${formatPercent(law.heldOutRms)} %`,
      `${formatPercent(law.heldOutWorst)} %`,
    ]),
    conclusion: source.exact
      ? `${lawSentence(laws, several)} It is a fit to a model: of a card it proves nothing.`
      : lawSentence(laws, several),
  };
}

interface Column {
  readonly header: string;
  readonly cell: (point: TuneResultPoint) => string;
}

/** A model has one time a point: no interval, no tail, no chance of another order. */
function columnsOf({ source, objective }: TuneResult): Column[] {
  const measured = (...columns: Column[]): Column[] => (source.exact ? [] : columns);
  return [
    { header: 'p50', cell: ({ p50Ms }) => formatMilliseconds(p50Ms) },
    ...measured(
      {
        header: '95 % interval',
        cell: ({ p50IntervalMs }) => p50IntervalMs?.map(formatMilliseconds).join('…') ?? '–',
      },
      { header: 'p99', cell: ({ p99Ms }) => formatMilliseconds(p99Ms) },
    ),
    { header: 'images/s', cell: ({ imagesPerSecond }) => imagesPerSecond?.toFixed(1) ?? '–' },
    ...measured(
      { header: 'requests', cell: ({ requests }) => String(requests) },
      {
        header: 'stalls',
        cell: ({ stalls, requests }) => (requests > 0 ? formatShare(stalls, requests) : '–'),
      },
    ),
    { header: 'front', cell: ({ onFront }) => (onFront ? '●' : '') },
    { header: `worse in ${objective}`, cell: ({ loss }) => formatLoss(loss) },
    ...measured({ header: 'P(best)', cell: ({ probabilityBest }) => probabilityBest?.toFixed(3) ?? '–' }),
    { header: 'standing', cell: standing },
  ];
}

function standing(point: TuneResultPoint): string {
  return point.state.replaceAll('-', ' ');
}

function effortSentence({ source, rounds, requests, seconds, fullGridRequests }: TuneResult): string {
  if (source.exact) return 'Computed, each point once.';
  return `${formatCount(requests, 'request')} in ${formatCount(rounds, 'round')} and ${seconds.toFixed(1)} s; a full grid of equal precision takes ${fullGridRequests}.`;
}

/** Below this the machine was as steady as its noise lets one say. */
const NOTABLE_DRIFT = 0.02;

function driftSentence({ drift }: TuneResult): string {
  if (drift === null || Math.abs(drift) < NOTABLE_DRIFT) return '';
  return `The machine became ${formatPercent(Math.abs(drift))} % ${drift > 0 ? 'slower' : 'faster'} meanwhile; points are compared within rounds, so that it favours none.`;
}

/** Points that are out for one reason are counted together; the table names them. */
function reasons(result: TuneResult): string[] {
  const labels = new Map<string, TuneResultPoint[]>();
  for (const point of result.points) {
    if (point.reason !== null) labels.set(point.reason, [...(labels.get(point.reason) ?? []), point]);
  }
  return [...labels].map(([reason, out]) =>
    out.length === 1 ? `${tunePointLabel(result, out[0]!)}: ${reason}.` : `${out.length} points: ${reason}.`,
  );
}

/** A model has one time and no distribution of it. */
function tailSentence({ source, points }: TuneResult): string {
  return !source.exact && points.some(({ requests, p99Ms }) => requests > 0 && p99Ms === null)
    ? `A p99 needs ${samplesNeeded(0.99)} requests.`
    : '';
}

function lawLabel({ law, batch, contexts }: TuneLaw, severalContexts: boolean): string {
  return [
    law === 'amdahl' ? 'Amdahl' : 'universal',
    `batch ${batch}`,
    ...(severalContexts ? [contexts === 'one' ? 'one context' : 'device filled'] : []),
  ].join(', ');
}

/** A law that misses the points it was not fitted on by more says nothing of other core numbers. */
const USEFUL_ERROR = 0.1;

/** What a fit leaves of a zero in the last places of its arithmetic. */
const withoutRounding = (value: number): number => (Math.abs(value) < 1e-12 ? 0 : value);

function lawSentence(laws: readonly TuneLaw[], severalContexts: boolean): string {
  const best = laws.reduce((a, b) => (b.heldOutRms < a.heldOutRms ? b : a));
  const error = `${formatPercent(best.heldOutRms)} %`;
  return best.heldOutRms <= USEFUL_ERROR
    ? `${lawLabel(best, severalContexts)} predicts points left out of its fit best, to within ${error} (RMS).`
    : `No law predicts the points left out of its fit, the best to within ${error} (RMS): core numbers that were not measured cannot be told from these.`;
}
