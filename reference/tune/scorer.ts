import { findStalls, quantile, sortSamples } from '../statistics/index.ts';
import { tailQuantile } from './tail-quantile.ts';
import { trimmedMean } from './trimmed-mean.ts';
import { allRequests, type Objective, type PointVisits, sharedRounds } from './visit.ts';

/**
 * Scores of points, made so that rounds can be drawn again. A score is the logarithm of the objective without what its
 * round did to all points, less being better: a difference of 0.01 is 1 %.
 */
export interface Scorer {
  /** Rounds that all of the points share. */
  readonly rounds: number;
  /** @param weights how often each shared round counts. */
  score(weights: ArrayLike<number>): Float64Array;
}

/** Share of the rounds that a trimmed mean leaves out at each end: a round in which the machine was busy moves nothing. */
const TRIMMED = 0.2;

/**
 * A scorer of these points over the rounds they share.
 * @throws RangeError where they share none.
 */
export function createScorer(points: readonly PointVisits[], objective: Objective): Scorer {
  const rounds = sharedRounds(points);
  if (rounds.length === 0) throw new RangeError('cannot compare points that share no round');
  return objective === 'p99' ? tailScorer(points, rounds) : bodyScorer(points, rounds, objective);
}

/** One figure a visit, its round's effect taken off; the score is a trimmed mean over the rounds. */
function bodyScorer(
  points: readonly PointVisits[],
  rounds: readonly number[],
  objective: 'p50' | 'throughput',
): Scorer {
  const figures = points.map((visits) =>
    objective === 'p50' ? logMedians(visits, rounds) : logTimesPerImage(visits, rounds),
  );
  const effects = roundEffects(figures);
  const means = figures.map((row) =>
    trimmedMean(
      row.map((value, r) => value - effects[r]!),
      TRIMMED,
    ),
  );
  const level = quantile(sortSamples(effects), 0.5);
  return {
    rounds: rounds.length,
    score: (weights) => Float64Array.from(means, (mean) => level + mean(weights)),
  };
}

/** All requests of the shared rounds pooled, the effect of each one's round on the medians taken off. */
function tailScorer(points: readonly PointVisits[], rounds: readonly number[]): Scorer {
  const effects = roundEffects(points.map((visits) => logMedians(visits, rounds)));
  const level = quantile(sortSamples(effects), 0.5);
  const tails = points.map((visits) => {
    const { fromMs } = findStalls(allRequests(visits));
    const values = rounds.map((round, r) =>
      visits
        .get(round)!
        .milliseconds.filter((ms) => ms < fromMs)
        .map((ms) => Math.log(ms) - effects[r]!),
    );
    return tailQuantile(values, 0.99);
  });
  return {
    rounds: rounds.length,
    score: (weights) => Float64Array.from(tails, (tail) => level + tail(weights)),
  };
}

function logMedians(visits: PointVisits, rounds: readonly number[]): number[] {
  return rounds.map((round) => Math.log(quantile(sortSamples(visits.get(round)!.milliseconds), 0.5)));
}

/** Of what the visit reported, with the time of stalls taken off: they come too seldom to be alike in every visit. */
function logTimesPerImage(visits: PointVisits, rounds: readonly number[]): number[] {
  const { fromMs } = findStalls(allRequests(visits));
  return rounds.map((round) => {
    const { milliseconds, imagesPerSecond } = visits.get(round)!;
    const steady = milliseconds.filter((ms) => ms < fromMs);
    const share = steady.length > 0 ? meanOf(steady) / meanOf(milliseconds) : 1;
    return Math.log(share / imagesPerSecond);
  });
}

/** The median over the points, round by round. */
function roundEffects(figures: readonly (readonly number[])[]): number[] {
  return figures[0]!.map((_, r) => quantile(sortSamples(figures.map((row) => row[r]!)), 0.5));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
