export { lintAgainstFloat, lintCheckpoint } from './lint-checkpoint.ts';
export {
  LINT_RULES,
  type LintCode,
  type LintFinding,
  type LintRule,
  finding,
  listNames,
  type Severity,
} from './lint-finding.ts';
export { type HeadRoom, lintHeadRoom } from './lint-head-room.ts';
export { lintShapes, type ModelShapes } from './lint-shapes.ts';
export { lintTwins, lintTwinsAgainstModel } from './lint-twins.ts';
export {
  lintBiasesInModel,
  lintInputScale,
  lintWeightsInModel,
  type WeightVerdict,
  weightVerdict,
} from './lint-weights-in-model.ts';
export { lintYoloxKeys, namesYolox, type YoloxKeys } from './lint-yolox-keys.ts';
export { lintYoloxScales } from './lint-yolox-scales.ts';
