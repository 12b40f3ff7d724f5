export {
  type ChangePoint,
  type ChangePointOptions,
  type ChangePoints,
  changePoints,
  LEAST_NIGHTS,
  type Level,
  nightsToTell,
  type SeriesNoise,
} from './change-points/index.ts';
export { compareHalves, type HalvesDifference, rankSumZ } from './drift.ts';
export { adjustForFalseDiscovery } from './false-discovery.ts';
export { findStalls, STALL_FACTOR, STALL_SHARE, type Stalls } from './find-stalls.ts';
export { type Histogram, histogram } from './histogram.ts';
export { type ErrorOfImages, imagesNeeded, powerOf } from './images-needed.ts';
export { type LatencySummary, type Percentile, samplesNeeded, summarizeLatency } from './latency-summary.ts';
export { type MedianInterval, medianInterval } from './median-interval.ts';
export { normalAtMost, normalQuantile } from './normal.ts';
export { findOutliers, type Outliers } from './outliers.ts';
export { type LatencyAndThroughput, paretoFront } from './pareto-front.ts';
export { binomialAtMost, type LimitStanding, percentileAgainstLimit } from './percentile-against-limit.ts';
export { quantile, type SortedSamples, sortSamples } from './quantile.ts';
export { ranks } from './ranks.ts';
export {
  fastestCoreNumber,
  fitScalingLaw,
  type HeldOutError,
  heldOutError,
  predictTime,
  type ScalingLaw,
  type ScalingLawName,
  type ScalingPoint,
} from './scaling-law.ts';
export { type SeriesMedian, seriesMedian } from './series-median.ts';
export { MOST_LAGS, type VarianceInflation, varianceInflation } from './variance-inflation.ts';
export { findWarmUp, type WarmUp } from './warm-up.ts';
