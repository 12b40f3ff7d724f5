export { type Histogram, histogram } from './histogram.ts';
export { type LatencySummary, type Percentile, samplesNeeded, summarizeLatency } from './latency-summary.ts';
export { type MedianInterval, medianInterval } from './median-interval.ts';
export { quantile, type SortedSamples, sortSamples } from './quantile.ts';
