import { mean, medianAbsoluteDeviation, sampleStandardDeviation } from 'simple-statistics';
import { medianInterval } from './median-interval.ts';
import { findOutliers, type Outliers } from './outliers.ts';
import { quantile, type SortedSamples, sortSamples } from './quantile.ts';

/** A percentile in ms, or null where there are fewer samples than `samplesNeeded`. */
export interface Percentile {
  readonly milliseconds: number | null;
  readonly samplesNeeded: number;
}

/** Times in ms. */
export interface LatencySummary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample (n − 1); null for a single one. */
  readonly standardDeviation: number | null;
  /** Median absolute deviation from the median, not scaled to a normal distribution. */
  readonly mad: number;
  readonly p50: number;
  /** Order statistics around the median with at least 95 % confidence; null below 6 samples. */
  readonly p50Interval: { readonly low: number; readonly high: number; readonly confidence: number } | null;
  readonly p90: Percentile;
  readonly p95: Percentile;
  readonly p99: Percentile;
  readonly outliers: Outliers;
  /** Images a second of one stream of requests: batch size / mean. */
  readonly throughput: number;
}

/** A shown percentile has at least two samples above the true one with this confidence. */
const PERCENTILE_CONFIDENCE = 0.99;

/**
 * Number of latency samples from which on the percentile of share `p` is shown: the least n for which, of n independent
 * samples, at least two lie above the true percentile with 99 % confidence, `pⁿ + n(1 − p)pⁿ⁻¹ <= 0.01`. That is 64 for
 * p90, 130 for p95, 662 for p99.
 * @throws RangeError when `p` is not between 0 and 1.
 */
export function samplesNeeded(p: number): number {
  if (!(p > 0 && p < 1))
    throw new RangeError(`cannot count samples for the share ${p}: give one between 0 and 1`);
  let count = 2;
  while (p ** count + count * (1 - p) * p ** (count - 1) > 1 - PERCENTILE_CONFIDENCE) count++;
  return count;
}

/**
 * Summary of latency samples, warm-up left out by the caller. Percentiles are R-7.
 * @param samples ms for each request, in any order.
 * @param batchSize images a request.
 * @throws RangeError for no samples, one that is not a finite number of at least 0, a mean of 0, or a batch size that is
 *   not a positive integer.
 */
export function summarizeLatency(samples: ArrayLike<number>, batchSize = 1): LatencySummary {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`cannot summarise latency of batches of ${batchSize}: give a positive integer`);
  }
  const ordered = sortSamples(samples);
  const values = ordered as unknown as number[];
  const average = mean(values);
  if (ordered[0]! < 0 || average === 0) {
    throw new RangeError(
      `cannot summarise latency samples from ${ordered[0]} ms to ${ordered.at(-1)} ms: the clock went wrong`,
    );
  }
  const interval = medianInterval(ordered.length);
  return {
    count: ordered.length,
    min: ordered[0]!,
    max: ordered.at(-1)!,
    mean: average,
    standardDeviation: ordered.length > 1 ? sampleStandardDeviation(values) : null,
    mad: medianAbsoluteDeviation(values),
    p50: quantile(ordered, 0.5),
    p50Interval: interval && {
      low: ordered[interval.low]!,
      high: ordered[interval.high]!,
      confidence: interval.confidence,
    },
    p90: percentile(ordered, 0.9),
    p95: percentile(ordered, 0.95),
    p99: percentile(ordered, 0.99),
    outliers: findOutliers(ordered),
    throughput: (batchSize * 1000) / average,
  };
}

function percentile(samples: SortedSamples, p: number): Percentile {
  const needed = samplesNeeded(p);
  return { milliseconds: samples.length >= needed ? quantile(samples, p) : null, samplesNeeded: needed };
}
