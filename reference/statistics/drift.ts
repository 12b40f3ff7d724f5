import { median } from 'simple-statistics';
import { ranks } from './ranks.ts';

/** What separates the second half of a series from the first. */
export interface HalvesDifference {
  /** Median of the second half over that of the first, less 1. */
  readonly change: number;
  /** Standard deviations by which the rank sum is off what equal halves would give; positive where the second is greater. */
  readonly z: number;
}

/**
 * Holds the second half of a series against the first by the rank sum of Mann and Whitney (normal approximation, ties
 * corrected): a machine that grew slower while it was measured gives a positive z.
 * @param series in the order it was taken.
 * @returns null below 8 samples, where the approximation does not hold, and where all are equal.
 */
export function compareHalves(series: readonly number[]): HalvesDifference | null {
  const first = Math.floor(series.length / 2);
  const second = series.length - first;
  if (series.length < 8) return null;
  const ranked = ranks(series);
  const meanRank = (series.length + 1) / 2;
  // Variance of the ranks as they are: with ties it is less than (n² − 1)/12.
  const variance = ranked.reduce((sum, rank) => sum + (rank - meanRank) ** 2, 0) / (series.length - 1);
  if (variance === 0) return null;
  const rankSum = ranked.slice(first).reduce((sum, rank) => sum + rank, 0);
  const z = (rankSum - second * meanRank) / Math.sqrt((variance * first * second) / series.length);
  const before = median(series.slice(0, first));
  return { change: median(series.slice(first)) / before - 1, z };
}
