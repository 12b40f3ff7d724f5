import type { Random } from '../../reference/random.ts';
import {
  findStalls,
  paretoFront,
  quantile,
  seriesMedian,
  sortSamples,
  summarizeLatency,
} from '../../reference/statistics/index.ts';
import {
  allRequests,
  createScorer,
  type Objective,
  type PointVisits,
  sharedRounds,
  weighChoices,
} from '../../reference/tune/index.ts';
import type { TuneResultPoint } from '../../reports/record/tune-result.ts';
import type { RaceOutcome } from './race.ts';
import type { RaceEntry } from './race-entry.ts';
import { coresTaken } from './tune-source.ts';

export interface DescribeOptions {
  readonly objective: Objective;
  readonly margin: number;
  readonly random: Random;
  readonly exact: boolean;
}

/** Every point with its figures and where it stands, `reference` being the one that the others are held against. */
export function describePoints(
  outcome: RaceOutcome,
  reference: RaceEntry | null,
  options: DescribeOptions,
): TuneResultPoint[] {
  const points = outcome.entries.map((entry): TuneResultPoint => {
    const { point, visits } = entry;
    const weight = weightOf(entry, outcome.look);
    return {
      ...point,
      coresTaken: coresTaken(point),
      state: stateOf(entry, outcome, weight.behindLeader),
      reason: entry.reason,
      rounds: visits.size,
      ...figuresOf(visits, point.batch, options.exact),
      comparable: reference && comparableFigures(visits, reference.visits),
      loss: reference && lossAgainst(visits, reference.visits, options),
      onFront: false,
      limitStanding: weight.limitStanding,
      probabilityBest: weight.best,
      expectedLoss: weight.expectedLoss,
    };
  });
  return markFront(points);
}

/** What the last look said of one point; nothing of one that was not in it. */
function weightOf(entry: RaceEntry, look: RaceOutcome['look']) {
  const place = look?.judged.indexOf(entry) ?? -1;
  const at = look?.judgement.compared.indexOf(place) ?? -1;
  const weights = at < 0 ? null : look!.judgement.weights;
  return {
    best: weights?.best[at] ?? null,
    expectedLoss: weights?.expectedLoss[at] ?? null,
    behindLeader: weights?.behindLeader[at] ?? 0,
    limitStanding:
      entry.state === 'over-limit' ? 'over' : (look?.judgement.limitStandings[place] ?? 'unknown'),
  } as const;
}

/** A point that the race ended with, without being shown to be behind for good, is behind with 95 %. */
const BEHIND_CONFIDENCE = 0.95;

function stateOf(
  entry: RaceEntry,
  { chosen, equivalents }: RaceOutcome,
  behindLeader: number,
): TuneResultPoint['state'] {
  if (entry === chosen) return 'chosen';
  if (equivalents.includes(entry)) return 'equivalent';
  if (entry.state === 'parked') return 'behind';
  if (entry.state !== 'racing') return entry.state;
  if (entry.visits.size === 0) return 'not-measured';
  return behindLeader >= BEHIND_CONFIDENCE ? 'behind' : 'contender';
}

type Figures = Pick<
  TuneResultPoint,
  'requests' | 'stalls' | 'p50Ms' | 'p50IntervalMs' | 'p99Ms' | 'p99WithStallsMs' | 'imagesPerSecond'
>;

function figuresOf(visits: PointVisits, batch: number, exact: boolean): Figures {
  const requests = allRequests(visits);
  if (requests.length === 0) {
    const none = { p50Ms: null, p50IntervalMs: null, p99Ms: null, p99WithStallsMs: null };
    return { requests: 0, stalls: 0, ...none, imagesPerSecond: null };
  }
  const stalls = findStalls(requests);
  const all = summarizeLatency(requests, batch);
  const steady = summarizeLatency(
    requests.filter((ms) => ms < stalls.fromMs),
    batch,
  );
  // What a round does to all of its requests makes them tell of each other.
  const { interval } = seriesMedian(requests);
  return {
    requests: requests.length,
    stalls: stalls.count,
    p50Ms: all.p50,
    p50IntervalMs: interval && [interval.low, interval.high],
    p99Ms: exact ? null : steady.p99.milliseconds,
    p99WithStallsMs: exact ? null : all.p99.milliseconds,
    imagesPerSecond: throughputOf(visits),
  };
}

/** The median of the visits: one in which a request stalled says little of the others. */
function throughputOf(visits: PointVisits): number {
  return quantile(sortSamples([...visits.values()].map(({ imagesPerSecond }) => imagesPerSecond)), 0.5);
}

/** The reference's own figures, times the ratio on the rounds that both were in. */
function comparableFigures(visits: PointVisits, reference: PointVisits): TuneResultPoint['comparable'] {
  if (sharedRounds([visits, reference]).length === 0) return null;
  const own = summarizeLatency(allRequests(reference)).p50;
  return {
    p50Ms: own * ratio(visits, reference, 'p50'),
    imagesPerSecond: throughputOf(reference) / ratio(visits, reference, 'throughput'),
  };
}

function ratio(visits: PointVisits, reference: PointVisits, objective: Objective): number {
  const scorer = createScorer([visits, reference], objective);
  const [own, other] = scorer.score(new Float64Array(scorer.rounds).fill(1));
  return Math.exp(own! - other!);
}

function lossAgainst(
  visits: PointVisits,
  reference: PointVisits,
  options: DescribeOptions,
): TuneResultPoint['loss'] {
  if (visits === reference) return { estimate: 0, interval: null };
  if (sharedRounds([visits, reference]).length === 0) return null;
  const scorer = createScorer([visits, reference], options.objective);
  const { estimate, interval } = weighChoices(scorer, { ...options, against: 1 }).difference[0]!;
  return { estimate, interval: interval && [interval[0], interval[1]] };
}

/** The front among the points that may be chosen. */
function markFront(points: readonly TuneResultPoint[]): TuneResultPoint[] {
  const standing = points.flatMap((point, index) =>
    point.comparable && point.state !== 'failed' && point.state !== 'other-outputs'
      ? { index, milliseconds: point.comparable.p50Ms, imagesPerSecond: point.comparable.imagesPerSecond }
      : [],
  );
  const front = new Set(paretoFront(standing).map((place) => standing[place]!.index));
  return points.map((point, index) => ({ ...point, onFront: front.has(index) }));
}
