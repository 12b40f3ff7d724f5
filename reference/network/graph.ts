import type { Tensor } from '../tensor.ts';

/**
 * A detector as a small typed graph: nodes in topological order, each with named inputs and one output.
 * Passes (`fold-batch-norm`, `focus-to-conv`, `quantize-convs`, `round-activations` …) take a graph and return a new one;
 * engines run it. Every value is NCHW; the one output is NAC: `[batch, anchors, 5 + classes]`.
 */
export interface Graph {
  readonly name: string;
  /** Name of the input value: NCHW pixels `[batch, 3, height, width]`. */
  readonly input: string;
  readonly nodes: readonly GraphNode[];
  /** Parameters by state-dict name, float32. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Values to hand out; the head output first, tapped layers after it. */
  readonly outputs: readonly string[];
}

interface NodeBase {
  /** Module path as in the official state dict (`backbone.backbone.stem.conv.conv`), unique in the graph. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface ConvNode extends NodeBase {
  readonly op: 'conv2d';
  /** Key in `tensors`: OIHW `[out, in / groups, kh, kw]`. */
  readonly weight: string;
  /** Key in `tensors`: `[out]`; absent where the convolution has none. */
  readonly bias?: string;
  readonly stride: number;
  /** Symmetric zero padding in pixels. */
  readonly padding: number;
  readonly groups: number;
  /** Present once the convolution runs on integers. */
  readonly quantization?: ConvQuantization;
}

/**
 * How one convolution is quantised: symmetric, integer = clamp(round(x · quantScale)).
 * Scales are float32 values held in JavaScript numbers.
 */
export interface ConvQuantization {
  readonly bits: 8 | 16;
  readonly inputQuantScale: number;
  /** One value (per tensor) or one per output channel. */
  readonly weightQuantScale: Float32Array;
  readonly rounding: RoundingMode;
  /** One factor per output channel on the sum, applied with the way back from integers: the batch norm of a fused group. */
  readonly channelFactor?: Float64Array;
}

export type RoundingMode = 'half-away-from-zero' | 'half-to-even' | 'half-up';

export interface BatchNormNode extends NodeBase {
  readonly op: 'batch-norm';
  /** Keys in `tensors`, each `[channels]`. */
  readonly gamma: string;
  readonly beta: string;
  readonly mean: string;
  readonly variance: string;
  readonly epsilon: number;
}

/** Negative slope of every leaky ReLU (YOLOX `get_activation`). */
export const LEAKY_RELU_SLOPE = 0.1;

export interface ActivationNode extends NodeBase {
  readonly op: 'silu' | 'sigmoid' | 'relu' | 'leaky-relu';
}

/** Sigmoid by the table of `reference/functions`, in place of an exact one. */
export interface TableSigmoidNode extends NodeBase {
  readonly op: 'table-sigmoid';
}

export interface AddNode extends NodeBase {
  readonly op: 'add';
}

/** Element by element, of two inputs of one shape. */
export interface MultiplyNode extends NodeBase {
  readonly op: 'multiply';
}

/** Each value rounded to the vendor's float16, as `roundToVendorHalf` of `reference/quantize`. */
export interface VendorHalfNode extends NodeBase {
  readonly op: 'vendor-half';
}

/** Joins its inputs along the channel axis. */
export interface ConcatNode extends NodeBase {
  readonly op: 'concat';
}

export interface MaxPoolNode extends NodeBase {
  readonly op: 'max-pool';
  /** Stride 1, same padding. */
  readonly kernel: number;
}

/** Nearest neighbour, twice the height and width. */
export interface UpsampleNode extends NodeBase {
  readonly op: 'upsample';
}

/** Space to depth: four strided slices top-left, bottom-left, top-right, bottom-right, joined along channels. */
export interface FocusNode extends NodeBase {
  readonly op: 'focus';
}

/** Levels `[N, C, h, w]`, strides ascending, flattened row-major and joined to `[N, anchors, C]`. */
export interface FlattenLevelsNode extends NodeBase {
  readonly op: 'flatten-levels';
}

export type GraphNode =
  | ConvNode
  | BatchNormNode
  | ActivationNode
  | TableSigmoidNode
  | AddNode
  | MultiplyNode
  | VendorHalfNode
  | ConcatNode
  | MaxPoolNode
  | UpsampleNode
  | FocusNode
  | FlattenLevelsNode;
