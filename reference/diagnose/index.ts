export { type DiagnosisRequest, diagnoseOutput } from './diagnose-output.ts';
export type { FindingEvidence, OutputDiagnosis, OutputFinding, OutputFindingCode } from './diagnosis.ts';
export type { ImageEvidence, InputDistance } from './image-evidence.ts';
export { type InputHypothesis, type InputMistake, inputHypotheses } from './input-hypotheses.ts';
export type { LevelOrder } from './level-orders.ts';
export { isExplained, type ReferenceOutput } from './look-at-images.ts';
export { type DiagnoserOptions, OutputDiagnoser } from './output-diagnoser.ts';
export type {
  CentreForm,
  MemoryLayout,
  OutputReading,
  RowPlacement,
  SigmoidForm,
  SizeForm,
} from './reading.ts';
export { rereadOutput } from './reread-output.ts';
