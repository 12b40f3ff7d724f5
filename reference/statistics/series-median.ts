import { medianInterval } from './median-interval.ts';
import { quantile, sortSamples } from './quantile.ts';

export interface SeriesMedian {
  /** As many independent samples would tell as much of the median; at most the number of samples. */
  readonly effectiveSamples: number;
  /** Order statistics around the median; null where the samples do not reach so far out. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/**
 * The median of a series whose samples may tell of each other, as latencies do on a machine with other work: the interval of
 * `medianInterval`, widened by `√(n / effectiveSamples)`.
 *
 * Effective samples are `n / (1 + 2 Σ ρₖ)`, where `ρₖ` is the autocorrelation of being above the median, which is what moves
 * a median; the sum ends with the first pair of lags that is not positive (Geyer, Practical Markov chain Monte Carlo, 1992).
 * Independent samples keep all but a few. A drift over the whole series leaves almost none, and no interval.
 * @param series in the order it was taken; finite, any unit, at least one.
 * @throws RangeError when there is none, or one is not finite.
 */
export function seriesMedian(series: readonly number[], confidence = 0.95): SeriesMedian {
  const ordered = sortSamples(series);
  const count = ordered.length;
  const effectiveSamples = count / inflation(series, quantile(ordered, 0.5));
  const independent = medianInterval(count, confidence);
  if (independent === null) return { effectiveSamples, interval: null };
  const middle = (count - 1) / 2;
  const low = Math.floor(middle - (middle - independent.low) * Math.sqrt(count / effectiveSamples));
  return {
    effectiveSamples,
    interval: low < 0 ? null : { low: ordered[low]!, high: ordered[count - 1 - low]! },
  };
}

/** By how much the variance of a median is greater than that of independent samples: 1 or more. */
function inflation(series: readonly number[], median: number): number {
  const signs = series.map((value) => Math.sign(value - median));
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < signs.length; i++) sum += signs[i]! * signs[i - lag]!;
    return sum;
  };
  const variance = covariance(0);
  if (variance === 0) return 1;
  let sum = -variance;
  for (let lag = 0; lag < signs.length; lag += 2) {
    const pair = covariance(lag) + covariance(lag + 1);
    if (pair <= 0) break;
    sum += 2 * pair;
  }
  return Math.max(1, sum / variance);
}
