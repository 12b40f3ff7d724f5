import { normalQuantile } from '../normal.ts';
import { type LevelCosts, lossOf, type Stretch } from './fit-levels.ts';
import { effectiveDeviation } from './level-costs.ts';
import type { SeriesNoise } from './series-noise.ts';

const NORMAL_95 = normalQuantile(0.975);

export interface ChangePoint {
  /** Place in the given series of the first value at the new level. */
  readonly index: number;
  /** Place of the last value at the old one: before `index − 1` where nights between are missing. */
  readonly lastBefore: number;
  readonly before: number;
  readonly after: number;
  /** `after − before`. */
  readonly size: number;
  /**
   * 95 % interval of the size; the size itself where the series has no noise. On generated years it has the size in 95 to 97 %
   * with independent noise, and in 91 to 93 % with skewed noise whose nights tell of each other.
   */
  readonly interval: readonly [number, number];
  /** How often noise alone gives a step as clear anywhere among these nights, at most; null where there is no noise. */
  readonly p: number | null;
}

/** A stretch with the values that are no spikes: their number and mean. */
export interface DescribedStretch extends Stretch {
  readonly inliers: number;
  readonly mean: number;
}

export function describeChange(
  values: readonly number[],
  places: readonly number[],
  before: DescribedStretch,
  after: DescribedStretch,
  { noise, costs }: { readonly noise: SeriesNoise; readonly costs: LevelCosts },
): ChangePoint {
  const size = after.mean - before.mean;
  const both = values.slice(before.start, after.end);
  const half = intervalHalf(before.inliers, after.inliers, noise);
  return {
    index: places[after.start]!,
    lastBefore: places[before.end - 1]!,
    before: before.mean,
    after: after.mean,
    size,
    interval: [size - half, size + half],
    p: noise.deviation === 0 ? null : chanceOf(saving(both, before, after, costs), both.length),
  };
}

/**
 * Half the interval of a difference of two means; Student's quantile by the first term of Cornish and Fisher,
 * `z + (z³ + z) / 4ν`, with half of the nights for ν, since the noise is taken from differences.
 */
function intervalHalf(first: number, second: number, noise: SeriesNoise): number {
  if (noise.deviation === 0) return 0;
  const student = NORMAL_95 + (NORMAL_95 ** 3 + NORMAL_95) / (4 * Math.max(1, (first + second) / 2));
  return student * effectiveDeviation(noise) * Math.sqrt(1 / first + 1 / second);
}

/** What two levels instead of one save: a likelihood ratio, but for spikes. */
function saving(both: readonly number[], before: Stretch, after: Stretch, costs: LevelCosts): number {
  const costOf = (values: readonly number[], level: number): number =>
    values.reduce((sum, value) => sum + lossOf(value - level, costs), 0);
  const shared = [...new Set(both)].reduce(
    (least, level) => Math.min(least, costOf(both, level)),
    Number.POSITIVE_INFINITY,
  );
  const nights = before.end - before.start;
  return shared - costOf(both.slice(0, nights), before.level) - costOf(both.slice(nights), after.level);
}

/**
 * Of the greatest of as many statistics as there are places, each χ² of one degree: at most the sum of their chances
 * (Bonferroni), and a normal tail is at most its density over z.
 */
function chanceOf(statistic: number, nights: number): number {
  const z = Math.sqrt(Math.max(statistic, 0));
  if (z < 1) return 1;
  return Math.min(1, (2 * nights * Math.exp(-statistic / 2)) / (z * Math.sqrt(2 * Math.PI)));
}
