import { medianInterval } from './median-interval.ts';
import { quantile, sortSamples } from './quantile.ts';
import { varianceInflation } from './variance-inflation.ts';

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
 * a median (`varianceInflation`). Independent samples keep all but a few. A drift over the whole series leaves almost none,
 * and no interval; nor is there one where samples tell of each other over more than 1,000 others, and the effective
 * samples are then the most there can be.
 * @param series in the order it was taken; finite, any unit, at least one.
 * @throws RangeError when there is none, or one is not finite.
 */
export function seriesMedian(series: readonly number[], confidence = 0.95): SeriesMedian {
  const ordered = sortSamples(series);
  const count = ordered.length;
  const { factor, complete } = varianceInflation(series, quantile(ordered, 0.5));
  const effectiveSamples = count / factor;
  const independent = medianInterval(count, confidence);
  if (independent === null || !complete) return { effectiveSamples, interval: null };
  const middle = (count - 1) / 2;
  const low = Math.floor(middle - (middle - independent.low) * Math.sqrt(factor));
  return {
    effectiveSamples,
    interval: low < 0 ? null : { low: ordered[low]!, high: ordered[count - 1 - low]! },
  };
}
