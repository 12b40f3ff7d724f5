import { formatCount, formatMilliseconds } from './format-figures.ts';
import { formatLoss, formatPercent } from './format-loss.ts';
import type { TuneResult, TuneResultPoint } from './record/tune-result.ts';
import { tunePointLabel } from './tables/tune-point-label.ts';

type Measured = Omit<TuneResult, 'warnings' | 'verdict' | 'paste'>;

/** What a tuning found, in a sentence. */
export function tuneSentence(result: Measured): string {
  switch (result.status) {
    case 'chosen':
      return chosenSentence(result);
    case 'none-under-limit':
      return `No point keeps its p99 under ${result.p99LimitMs} ms: ${lowestMedian(result)}; raise --p99-limit, or try other core numbers and smaller batches.`;
    case 'interrupted':
      return `Interrupted after ${formatCount(result.rounds, 'round')}: nothing is chosen.`;
    case 'inconclusive':
      return inconclusiveSentence(result);
  }
}

function chosenSentence(result: Measured): string {
  const chosen = result.points.find(({ state }) => state === 'chosen')!;
  const equivalent = result.points.filter(({ state }) => state === 'equivalent');
  const label = tunePointLabel(result, chosen);
  const runnerUp = result.runnerUp === null ? null : result.points[result.runnerUp]!;
  const kept = limitClause(result, chosen);
  const next = runnerUp
    ? `; the runner-up, ${tunePointLabel(result, runnerUp)}, ${standing(runnerUp.loss)}`
    : '; nothing else could be chosen';
  if (equivalent.length > 0) {
    const names = equivalent.map((point) => tunePointLabel(result, point)).join(' · ');
    return `Choose ${label}: equivalent to ${names} within ${formatPercent(result.margin)} % in ${result.objective}, and no other of them takes fewer cores than ${chosen.coresTaken}; ${figure(result, chosen)}${kept}${next}.`;
  }
  const surely =
    chosen.probabilityBest === null || result.source.exact
      ? ''
      : `, with probability ${chosen.probabilityBest.toFixed(3)} of being the best`;
  return `Choose ${label}: the ${aim(result)}, ${figure(result, chosen)}${surely}${kept}${next}.`;
}

/** A limit that is shown to be kept only by what did not stall is not kept in so many words. */
function limitClause({ p99LimitMs }: Measured, point: TuneResultPoint): string {
  if (point.limitStanding !== 'under-without-stalls') return '';
  const { stalls, requests, p99WithStallsMs } = point;
  const counted =
    p99WithStallsMs === null
      ? 'more requests are needed to tell'
      : `${formatMilliseconds(p99WithStallsMs)} ms`;
  return `, with p99 under ${p99LimitMs} ms, ${formatCount(stalls, 'stall')} of ${formatCount(requests, 'request')} set aside (with them ${counted})`;
}

/** One that is within the margin may be ahead of the choice: it takes more cores. */
function standing(loss: TuneResultPoint['loss']): string {
  if (loss === null || loss.estimate >= 0) return `loses ${formatLoss(loss)} against it`;
  return `is ahead of it by ${formatPercent(-loss.estimate)} %`;
}

function inconclusiveSentence(result: Measured): string {
  const effort = `after ${formatCount(result.rounds, 'round')} in ${result.seconds.toFixed(0)} s`;
  const leader = result.comparedWith === null ? null : result.points[result.comparedWith]!;
  if (leader === null) {
    return `Cannot tell which point has the ${aim(result)} ${effort}, too few to compare anything: give more time with --max-seconds, or fewer points.`;
  }
  const unproven =
    leader.limitStanding === 'unknown' || leader.limitStanding === 'over'
      ? `, nor is its p99 shown to be under ${result.p99LimitMs} ms`
      : '';
  const others = result.points.filter(
    ({ state }, index) => state === 'contender' && index !== result.comparedWith,
  );
  if (others.length === 0) {
    return `Cannot tell ${effort} whether ${tunePointLabel(result, leader)}, which is ahead, is good enough: its p99 needs more requests; give more time with --max-seconds.`;
  }
  const names = others.map((point) => `${tunePointLabel(result, point)} ${formatLoss(point.loss)}`);
  return `Cannot tell which point has the ${aim(result)} ${effort}: ${tunePointLabel(result, leader)} is ahead, but not surely of ${names.join(' · ')}${unproven}; give more time with --max-seconds on a quiet machine.`;
}

function aim({ objective, p99LimitMs }: Measured): string {
  if (objective !== 'throughput') return `lowest ${objective}`;
  return p99LimitMs === null ? 'highest throughput' : `highest throughput with p99 under ${p99LimitMs} ms`;
}

function figure({ objective }: Measured, point: TuneResultPoint): string {
  if (objective === 'throughput') return `${point.imagesPerSecond?.toFixed(1)} images/s`;
  return `${formatMilliseconds(objective === 'p50' ? point.p50Ms : point.p99Ms)} ms`;
}

function lowestMedian(result: Measured): string {
  const [lowest] = result.points.filter(({ p50Ms }) => p50Ms !== null).sort((a, b) => a.p50Ms! - b.p50Ms!);
  return lowest
    ? `the lowest p50 is ${formatMilliseconds(lowest.p50Ms)} ms, with ${tunePointLabel(result, lowest)}`
    : 'none was measured';
}
