export { countMultiplyAdds } from './count-multiply-adds.ts';
export { describeVariant } from './describe-variant.ts';
export { countParameters, expectedParameters } from './expected-parameters.ts';
export { focusToConv } from './focus-to-conv.ts';
export { foldBatchNorm } from './fold-batch-norm.ts';
export { fuseBatchNorm } from './fuse-batch-norm.ts';
export type {
  ActivationNode,
  AddNode,
  BatchNormNode,
  ConcatNode,
  ConvNode,
  ConvQuantization,
  FlattenLevelsNode,
  FocusNode,
  Graph,
  GraphNode,
  MaxPoolNode,
  MultiplyNode,
  RoundingMode,
  TableSigmoidNode,
  UpsampleNode,
  VendorHalfNode,
} from './graph.ts';
export { LEAKY_RELU_SLOPE } from './graph.ts';
export { checkInputShape, inferShapes, type Shape } from './infer-shapes.ts';
export type { ConvolutionLayout, NetworkLayout } from './layout-builder.ts';
export {
  type CalibratedScales,
  type ConvScales,
  calibrationTaps,
  quantizableConvs,
  quantizeConvs,
  scalesFromCalibration,
} from './quantize-convs.ts';
export { randomWeights } from './random-weights.ts';
export { type RoundedAfter, roundActivations } from './round-activations.ts';
export { splitSilu } from './split-silu.ts';
export { tabulateSigmoid } from './tabulate-sigmoid.ts';
export { tapLayers } from './tap-layers.ts';
export { usersOfValues } from './users-of-values.ts';
export { buildYolox } from './yolox.ts';
export { convolutionsInForwardOrder, yoloxLayout } from './yolox-layout.ts';
export {
  type Activation,
  createVariant,
  OFFICIAL_VARIANTS,
  type OfficialVariantName,
  officialVariant,
  type VariantOptions,
  type YoloxVariant,
} from './yolox-variant.ts';
