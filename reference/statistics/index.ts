export { compareHalves, type HalvesDifference } from './drift.ts';
export { type Histogram, histogram } from './histogram.ts';
export { type LatencySummary, type Percentile, samplesNeeded, summarizeLatency } from './latency-summary.ts';
export { type MedianInterval, medianInterval } from './median-interval.ts';
export { findOutliers, type Outliers } from './outliers.ts';
export { quantile, type SortedSamples, sortSamples } from './quantile.ts';
export { ranks } from './ranks.ts';
export { type SeriesMedian, seriesMedian } from './series-median.ts';
export { findWarmUp, type WarmUp } from './warm-up.ts';
