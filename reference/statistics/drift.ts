import { linearRegression, linearRegressionLine, median } from 'simple-statistics';
import { ranks } from './ranks.ts';
import { varianceInflation } from './variance-inflation.ts';

/** What separates the second half of a series from the first. */
export interface HalvesDifference {
  /** Median of the second half over that of the first, less 1. */
  readonly change: number;
  /** Standard deviations by which the rank sum is off what equal halves would give; positive where the second is greater. */
  readonly z: number;
}

/**
 * Holds the second half of a series against the first by the rank sum of Mann and Whitney: a machine that grew slower while
 * it was measured gives a positive z.
 *
 * The rank sum's own deviation is that of independent samples. Where samples tell of each other halves differ more often by
 * chance, so that z is divided by the root of what that costs (`varianceInflation`). It is taken from the ranks
 * without a line through each half: a drift makes samples tell of each other too, and would excuse itself.
 * @param series in the order it was taken.
 * @returns null below 8 samples, where the approximation does not hold, and where all are equal.
 */
export function compareHalves(series: readonly number[]): HalvesDifference | null {
  const independent = rankSumZ(series);
  if (independent === null) return null;
  const ranked = ranks(series);
  const half = series.length >> 1;
  const residuals = [...withoutLine(ranked.slice(0, half)), ...withoutLine(ranked.slice(half))];
  const { factor } = varianceInflation(residuals, median(residuals));
  const before = median(series.slice(0, half));
  return { change: median(series.slice(half)) / before - 1, z: independent / Math.sqrt(factor) };
}

/**
 * The rank sum of the second half in standard deviations of independent samples (normal approximation, ties corrected).
 * @returns null as `compareHalves` does.
 */
export function rankSumZ(series: readonly number[]): number | null {
  const first = Math.floor(series.length / 2);
  const second = series.length - first;
  if (series.length < 8) return null;
  const ranked = ranks(series);
  const meanRank = (series.length + 1) / 2;
  // Variance of the ranks as they are: with ties it is less than (n² − 1)/12.
  const variance = ranked.reduce((sum, rank) => sum + (rank - meanRank) ** 2, 0) / (series.length - 1);
  if (variance === 0) return null;
  const rankSum = ranked.slice(first).reduce((sum, rank) => sum + rank, 0);
  return (rankSum - second * meanRank) / Math.sqrt((variance * first * second) / series.length);
}

function withoutLine(values: readonly number[]): number[] {
  const line = linearRegressionLine(linearRegression(values.map((value, i) => [i, value])));
  return values.map((value, i) => value - line(i));
}
