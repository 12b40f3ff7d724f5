import type { Random } from '../random.ts';
import { quantile, sortSamples } from '../statistics/index.ts';
import type { Scorer } from './scorer.ts';

/** What the measured rounds say of choosing each point. Shares of the objective are relative: 0.02 is 2 %. */
export interface Weights {
  /** Logarithms of the objective, less being better. */
  readonly scores: readonly number[];
  /** The place with the best score. */
  readonly leader: number;
  /** Probability that no other point is better. */
  readonly best: readonly number[];
  /** Probability that no other point is better by more than the margin. */
  readonly withinMargin: readonly number[];
  /** Probability that the leader is better. */
  readonly behindLeader: readonly number[];
  /** What choosing the point loses against the best one, on average over what the rounds leave open. */
  readonly expectedLoss: readonly number[];
  /** How much worse than the point `against` it is. */
  readonly difference: readonly Difference[];
}

export interface Difference {
  readonly estimate: number;
  /** 95 %; null where one round, or figures without noise, leave none. */
  readonly interval: readonly [number, number] | null;
}

export interface WeighOptions {
  /** A loss that does not matter, e.g. 0.01. */
  readonly margin: number;
  readonly random: Random;
  /** Place of the point that the differences are taken from; the leader when absent. */
  readonly against?: number;
  readonly replicates?: number;
  /** For figures without noise: the scores are taken as they are, and nothing is drawn. */
  readonly exact?: boolean;
}

const REPLICATES = 2000;

/**
 * Bootstrap over rounds: whole rounds are drawn with replacement, the same ones for every point, so that points stay
 * paired. With few rounds a bootstrap is too sure of itself: each deviation from the estimate is widened by
 * `√(R/(R − 1))` and by what Student's t with R − 1 degrees of freedom has over the normal distribution, a factor
 * `√(ν/χ²ν)` drawn once a replicate (after Hesterberg, "What Teachers Should Know About the Bootstrap", 2015, section 5.3,
 * which widens intervals alike).
 */
export function weighChoices(scorer: Scorer, options: WeighOptions): Weights {
  const { rounds } = scorer;
  const scores = scorer.score(new Float64Array(rounds).fill(1));
  const leader = scores.indexOf(Math.min(...scores));
  const against = options.against ?? leader;
  const points = scores.length;
  const tolerance = Math.log1p(options.margin);
  const exact = options.exact === true;
  const replicates = exact ? 1 : (options.replicates ?? REPLICATES);
  const draw = exact || rounds === 1 ? () => scores : replicateDrawer(scorer, scores, options.random);

  const best = new Float64Array(points);
  const within = new Float64Array(points);
  const behind = new Float64Array(points);
  const lost = new Float64Array(points);
  const differences = Array.from(scores, () => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = draw();
    const least = Math.min(...drawn);
    for (let point = 0; point < points; point++) {
      const excess = drawn[point]! - least;
      if (excess <= 0) best[point]!++;
      if (excess <= tolerance) within[point]!++;
      if (drawn[point]! > drawn[leader]!) behind[point]!++;
      lost[point]! += Math.expm1(excess);
      differences[point]![replicate] = drawn[point]! - drawn[against]!;
    }
  }
  const share = (counts: Float64Array): number[] => Array.from(counts, (count) => count / replicates);
  return {
    scores: [...scores],
    leader,
    best: share(best),
    withinMargin: share(within),
    behindLeader: share(behind),
    expectedLoss: share(lost),
    difference: differences.map((series, point) => ({
      estimate: Math.expm1(scores[point]! - scores[against]!),
      interval: exact || rounds === 1 ? null : intervalOf(series),
    })),
  };
}

/** One call draws rounds and gives the widened scores; the array is used again by the next call. */
function replicateDrawer(scorer: Scorer, scores: Float64Array, random: Random): () => Float64Array {
  const { rounds } = scorer;
  const counts = new Float64Array(rounds);
  const widened = new Float64Array(scores.length);
  const degrees = rounds - 1;
  return () => {
    counts.fill(0);
    for (let i = 0; i < rounds; i++) counts[random.integer(rounds)]!++;
    const drawn = scorer.score(counts);
    let chiSquare = 0;
    for (let i = 0; i < degrees; i++) chiSquare += random.gaussian() ** 2;
    const factor = Math.sqrt(rounds / degrees) * Math.sqrt(degrees / chiSquare);
    for (let point = 0; point < widened.length; point++) {
      widened[point] = scores[point]! + factor * (drawn[point]! - scores[point]!);
    }
    return widened;
  };
}

function intervalOf(logDifferences: Float64Array): [number, number] {
  const sorted = sortSamples(logDifferences);
  return [Math.expm1(quantile(sorted, 0.025)), Math.expm1(quantile(sorted, 0.975))];
}
