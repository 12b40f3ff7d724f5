export {
  DEFAULT_DETECTION_DIFF,
  type DetectionDiff,
  type DetectionDiffOptions,
  type DetectionPair,
  detectionDiff,
} from './detection-diff.ts';
export { type DetectionDrift, detectionDrift, type PairSpreads, type Spread } from './detection-drift.ts';
export { DIFF3_FLOOR, DIFF4_LEAST_COUNT } from './diff-accumulator.ts';
export {
  type AnnotatedObject,
  type DetectionFate,
  type GroundTruthHits,
  groundTruthHits,
} from './ground-truth-hits.ts';
export {
  CHANNEL_GROUPS,
  type ChannelGroup,
  decodedGroupDiffs,
  type GroupDiff,
  type HeadOutput,
  rawGroupDiffs,
} from './group-diff.ts';
export { AGREEMENT_RULE, type OutputsAgreement, outputsAgree } from './outputs-agree.ts';
export {
  type FigureDifference,
  type PairedBootstrap,
  type PairedBootstrapOptions,
  pairedBootstrap,
} from './paired-bootstrap.ts';
export {
  type PermutationOptions,
  Permutations,
  type PermutationTest,
  permutationTest,
} from './permutation-test.ts';
export {
  type ComparedDiff,
  type ComparedFigures,
  DEFAULT_RTOL,
  type NonFiniteDiff,
  type TensorDiff,
  tensorDiff,
} from './tensor-diff.ts';
export {
  type MetricDirection,
  TENSOR_METRICS,
  type TensorMetric,
  type TensorMetricKey,
} from './tensor-metrics.ts';
export {
  intervalVerdict,
  type ThreeWayVerdict,
  threeWayVerdict,
  type Verdict,
} from './three-way-verdict.ts';
export { type Band, type PrecisionName, type TieBand, tieBand, withinTies } from './tie-band.ts';
