export { type DecodeArithmetic, decodeConcatenated, decodeFixedGrids, decodeInPlace } from './decode.ts';
export {
  type AnchorGrid,
  anchorGrid,
  type FixedGrids,
  fixedGrids,
  type GridLevel,
  type InputSize,
  STRIDES,
} from './grid.ts';
export { BOX_CHANNELS, type HeadOutputShape, headOutputShape } from './head-output.ts';
