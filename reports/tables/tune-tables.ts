import { samplesNeeded } from '../../reference/statistics/index.ts';
import { formatCount, formatMilliseconds, formatShare, formatSmall } from '../format-figures.ts';
import { formatLoss, formatPercent } from '../format-loss.ts';
import type { TuneLaw, TuneResult, TuneResultPoint } from '../record/tune-result.ts';
import type { ReportTable } from './report-table.ts';
import { tunePointLabel } from './tune-point-label.ts';

/** Every point of a tuning, in the order it was asked for. */
export function tunePointsTable(result: TuneResult): ReportTable {
  const { source, points, objective } = result;
  return {
    id: 'tune-points',
    title: `${source.backend} (${source.precision}, ${source.engine}) on ${source.device}: latency of a request in ms, ${source.latencyProvenance}`,
    header: [
      'point',
      'p50',
      '95 % interval',
      'p99',
      'images/s',
      'requests',
      'stalls',
      'front',
      `worse in ${objective}`,
      'P(best)',
      'standing',
    ],
    rows: points.map((point) => [
      tunePointLabel(result, point),
      formatMilliseconds(point.p50Ms),
      point.p50IntervalMs ? point.p50IntervalMs.map(formatMilliseconds).join('…') : '–',
      formatMilliseconds(point.p99Ms),
      point.imagesPerSecond?.toFixed(1) ?? '–',
      String(point.requests),
      point.requests > 0 ? formatShare(point.stalls, point.requests) : '–',
      point.onFront ? '●' : '',
      formatLoss(point.loss),
      point.probabilityBest === null ? '–' : point.probabilityBest.toFixed(3),
      standing(point),
    ]),
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
      formatSmall(law.sigma),
      formatSmall(law.kappa),
      law.fastestCoreNumber === null
        ? '–'
        : `${law.fastestCoreNumber.toFixed(1)}${law.fastestCoreNumber > source.cores ? ' (beyond the device)' : ''}`,
      `${formatPercent(law.heldOutRms)} %`,
      `${formatPercent(law.heldOutWorst)} %`,
    ]),
    conclusion: lawSentence(laws, several),
  };
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

function reasons(result: TuneResult): string[] {
  return result.points.flatMap((point) =>
    point.reason === null ? [] : [`${tunePointLabel(result, point)}: ${point.reason}.`],
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

function lawSentence(laws: readonly TuneLaw[], severalContexts: boolean): string {
  const best = laws.reduce((a, b) => (b.heldOutRms < a.heldOutRms ? b : a));
  const error = `${formatPercent(best.heldOutRms)} %`;
  return best.heldOutRms <= USEFUL_ERROR
    ? `${lawLabel(best, severalContexts)} predicts points left out of its fit best, to within ${error} (RMS).`
    : `No law predicts the points left out of its fit, the best to within ${error} (RMS): core numbers that were not measured cannot be told from these.`;
}
