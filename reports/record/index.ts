export type { BackendRecord } from './backend-record.ts';
export { type BenchRecord, benchRecordSchema } from './bench-record.ts';
export type { DecodeState } from './decode-state.ts';
export type { DetectionDifference } from './detection-difference.ts';
export type { DriftStep } from './drift-step.ts';
export type { GalleryImage } from './gallery-image.ts';
export {
  type LatencyPoint,
  type LatencySeries,
  latencyPointSchema,
  type OutputAgreement,
} from './latency-point.ts';
export type { QuantizationRecord } from './quantization-record.ts';
export { type NoiseFloor, parseRunRecord, type RunRecord, runRecordSchema } from './run-record.ts';
export type { Distribution, TensorDifference } from './tensor-difference.ts';
export { type TuneLaw, type TuneResult, type TuneResultPoint, tuneResultSchema } from './tune-result.ts';
