/** Inflation is summed over this many lags at most: √n of a million samples. */
export const MOST_LAGS = 1000;

export interface VarianceInflation {
  /** By how much the variance of a median is greater than that of independent samples: 1 or more. */
  readonly factor: number;
  /** False where the samples still tell of each other at the last lag that was summed: the factor is the least it can be. */
  readonly complete: boolean;
}

/**
 * What it costs a median that samples tell of each other: `1 + 2 Σ ρₖ`, where `ρₖ` is the autocorrelation of being above
 * `middle`. The sum ends with the first pair of lags that is not positive (Geyer, Practical Markov chain Monte Carlo, 1992),
 * at the latest after `mostLags`: a series that is still of one kind so far on drifts, and summing all of its
 * lags would take a time that grows with the square of its length.
 * @param series in the order it was taken; finite, any unit.
 */
export function varianceInflation(
  series: readonly number[],
  middle: number,
  mostLags = MOST_LAGS,
): VarianceInflation {
  const signs = Int8Array.from(series, (value) => Math.sign(value - middle));
  const variance = covariance(signs, 0);
  if (variance === 0) return { factor: 1, complete: true };
  let sum = -variance;
  let complete = false;
  for (let lag = 0; lag < mostLags && !complete; lag += 2) {
    const pair = covariance(signs, lag) + covariance(signs, lag + 1);
    if (pair > 0) sum += 2 * pair;
    else complete = true;
  }
  // A series shorter than the bound has been summed to its end.
  return { factor: Math.max(1, sum / variance), complete: complete || mostLags >= series.length };
}

/** n times the autocovariance; 0 beyond the end. */
function covariance(signs: Int8Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < signs.length; i++) sum += signs[i]! * signs[i - lag]!;
  return sum;
}
