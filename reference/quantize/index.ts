export { absmaxOfRange, RangeCalibrator, type RangeMerge, rangeOf, type ValueRange } from './calibrate.ts';
export type { QuantizationFinding, QuantizationProblem } from './finding.ts';
export {
  absmaxOfQuantScale,
  type Bits,
  dequantize,
  type FixedPointValues,
  maxInteger,
  minInteger,
  type QuantScale,
  quantize,
  quantScaleOf,
} from './fixed-point.ts';
export {
  floatFromHalf,
  type HalfBits,
  halfFromFloat,
  roundToVendorHalf,
  vendorFloatFromHalf,
  vendorHalfFromFloat,
} from './half.ts';
export { MagnitudeHistogram } from './magnitude-histogram.ts';
export {
  encodePosition,
  encodePositionScale,
  type PositionRule,
  type PositionScale,
  positionScaleOfQuantScale,
  quantScaleOfPosition,
} from './position-scale.ts';
export {
  type ModuleQuantization,
  type QuantizedCheckpoint,
  readQuantizedCheckpoint,
  stripQuantization,
} from './quantized-checkpoint.ts';
export { roundHalfAwayFromZero, roundHalfToEven, roundHalfUp, roundingFunction } from './rounding.ts';
export { type WeightGranularity, type WeightScales, weightQuantScales } from './weight-scales.ts';
