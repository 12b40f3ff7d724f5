import { quantile, type SortedSamples } from './quantile.ts';

/** Samples far above the others. They are counted, never taken away: a user waits for them too. */
export interface Outliers {
  readonly count: number;
  /** Everything above is one: Q3 + 3 (Q3 − Q1), Tukey's outer fence (Exploratory Data Analysis, 1977), quartiles R-7. */
  readonly fence: number;
}

export function findOutliers(samples: SortedSamples): Outliers {
  const upper = quantile(samples, 0.75);
  const fence = upper + 3 * (upper - quantile(samples, 0.25));
  let count = 0;
  while (count < samples.length && samples[samples.length - 1 - count]! > fence) count++;
  return { count, fence };
}
