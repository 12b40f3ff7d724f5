import {
  type ConvNode,
  type Graph,
  type GraphNode,
  LEAKY_RELU_SLOPE,
} from '../../../reference/network/graph.ts';
import { ONNX_TYPE } from '../../onnx/model-proto.ts';
import type { OnnxBuilder } from './onnx-builder.ts';
import { isQuantized, type QuantizedConvEmitter } from './quantized-conv.ts';
import { emitTableSigmoid } from './table-sigmoid.ts';
import { emitVendorHalf } from './vendor-half.ts';

/**
 * `fast`: x · sigmoid(x) by ONNX Runtime's Sigmoid, a rational approximation good to a few units of the last place.
 * `rounded`: x / (1 + exp(−x)) with the exponential rounded correctly to float32, as PyTorch's SiLU. Behind int8
 * convolutions a last place decides roundings: on YOLOX-nano the outputs are 21 dB from PyTorch's with the one and 140 dB
 * with the other. A sigmoid that stands alone is `1 / (1 + exp(−x))` in float64, rounded once.
 * `float32`: the same SiLU with the exponential in float32. The float64 one is a third of the time of a network, and behind
 * int16 convolutions, whose steps are finer by 2^8, it is of no use: on YOLOX-nano both are 67.7 dB from PyTorch's outputs.
 */
export type ActivationForm = 'fast' | 'float32' | 'rounded';

/** Writes one node of a graph as ONNX nodes; the last one makes the value `node.output`. */
export function emitNode(
  builder: OnnxBuilder,
  graph: Graph,
  node: GraphNode,
  quantizedConvs: QuantizedConvEmitter,
  activations: ActivationForm,
): void {
  const [first] = node.inputs;
  switch (node.op) {
    case 'conv2d':
      if (isQuantized(node)) quantizedConvs.emit(node);
      else emitConv(builder, graph, node);
      return;
    case 'batch-norm': {
      const parameters = [node.gamma, node.beta, node.mean, node.variance];
      const names = parameters.map((name) => builder.addInitializer(name, graph.tensors.get(name)!));
      const attributes = { epsilon: { float: node.epsilon } };
      builder.addNode('BatchNormalization', [first, ...names], attributes, node.output);
      return;
    }
    case 'silu':
      if (activations === 'fast') {
        builder.addNode('Mul', [first, builder.addNode('Sigmoid', [first])], {}, node.output);
      } else {
        emitSilu(builder, first, node.output, activations);
      }
      return;
    case 'sigmoid':
      if (activations === 'fast') builder.addNode('Sigmoid', [first], {}, node.output);
      else emitRoundedSigmoid(builder, first, node.output);
      return;
    case 'table-sigmoid':
      emitTableSigmoid(builder, first, node.output);
      return;
    case 'relu':
      builder.addNode('Relu', [first], {}, node.output);
      return;
    case 'leaky-relu':
      builder.addNode('LeakyRelu', [first], { alpha: { float: LEAKY_RELU_SLOPE } }, node.output);
      return;
    case 'add':
      builder.addNode('Add', node.inputs, {}, node.output);
      return;
    case 'multiply':
      builder.addNode('Mul', node.inputs, {}, node.output);
      return;
    case 'vendor-half':
      emitVendorHalf(builder, first, node.output);
      return;
    case 'concat':
      builder.addNode('Concat', node.inputs, { axis: { int: 1 } }, node.output);
      return;
    case 'max-pool': {
      const pad = (node.kernel - 1) / 2;
      const attributes = {
        kernel_shape: { ints: [node.kernel, node.kernel] },
        pads: { ints: [pad, pad, pad, pad] },
        strides: { ints: [1, 1] },
      };
      builder.addNode('MaxPool', [first], attributes, node.output);
      return;
    }
    case 'upsample':
      emitUpsample(builder, first, node.output);
      return;
    case 'focus':
      emitFocus(builder, first, node.output);
      return;
    case 'flatten-levels':
      emitFlattenLevels(builder, node.inputs, node.output);
      return;
  }
}

function emitConv(builder: OnnxBuilder, graph: Graph, node: ConvNode): void {
  const weight = graph.tensors.get(node.weight)!;
  const inputs = [node.inputs[0], builder.addInitializer(node.weight, weight)];
  if (node.bias !== undefined) inputs.push(builder.addInitializer(node.bias, graph.tensors.get(node.bias)!));
  const { padding, stride } = node;
  const attributes = {
    dilations: { ints: [1, 1] },
    group: { int: node.groups },
    kernel_shape: { ints: weight.shape.slice(2) },
    pads: { ints: [padding, padding, padding, padding] },
    strides: { ints: [stride, stride] },
  };
  builder.addNode('Conv', inputs, attributes, node.output);
}

function emitSilu(
  builder: OnnxBuilder,
  input: string,
  output: string,
  form: Exclude<ActivationForm, 'fast'>,
): void {
  const negative = builder.addNode('Neg', [input]);
  const exponential =
    form === 'rounded' ? emitRoundedExp(builder, negative) : builder.addNode('Exp', [negative]);
  builder.addNode('Div', [input, builder.addNode('Add', [exponential, builder.addFloats(1)])], {}, output);
}

/** The exponential in float64, rounded to float32. */
function emitRoundedExp(builder: OnnxBuilder, value: string): string {
  const wide = builder.addNode('Cast', [value], { to: { int: ONNX_TYPE.float64 } });
  return builder.addNode('Cast', [builder.addNode('Exp', [wide])], { to: { int: ONNX_TYPE.float32 } });
}

function emitRoundedSigmoid(builder: OnnxBuilder, input: string, output: string): void {
  const negative = builder.addNode('Neg', [
    builder.addNode('Cast', [input], { to: { int: ONNX_TYPE.float64 } }),
  ]);
  const one = builder.addInitializer('one64', { dtype: 'float64', shape: [], data: Float64Array.of(1) });
  const divisor = builder.addNode('Add', [builder.addNode('Exp', [negative]), one]);
  const quotient = builder.addNode('Reciprocal', [divisor]);
  builder.addNode('Cast', [quotient], { to: { int: ONNX_TYPE.float32 } }, output);
}

function emitUpsample(builder: OnnxBuilder, input: string, output: string): void {
  const attributes = {
    coordinate_transformation_mode: { string: 'asymmetric' },
    mode: { string: 'nearest' },
    nearest_mode: { string: 'floor' },
  };
  // The middle input, a region of interest, is unused but not optional before operator set 13.
  builder.addNode(
    'Resize',
    [input, builder.addFloats([]), builder.addFloats([1, 1, 2, 2])],
    attributes,
    output,
  );
}

function emitFocus(builder: OnnxBuilder, input: string, output: string): void {
  const end = builder.addInts([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  const axes = builder.addInts([2, 3]);
  const steps = builder.addInts([2, 2]);
  const patch = (row: number, column: number): string =>
    builder.addNode('Slice', [input, builder.addInts([row, column]), end, axes, steps]);
  const patches = [patch(0, 0), patch(1, 0), patch(0, 1), patch(1, 1)];
  builder.addNode('Concat', patches, { axis: { int: 1 } }, output);
}

function emitFlattenLevels(builder: OnnxBuilder, levels: readonly string[], output: string): void {
  // 0 copies an extent of the input, so that the shape holds for any batch and size.
  const shape = builder.addInts([0, 0, -1]);
  const flattened = levels.map((level) => builder.addNode('Reshape', [level, shape]));
  const joined = builder.addNode('Concat', flattened, { axis: { int: 2 } });
  builder.addNode('Transpose', [joined], { perm: { ints: [0, 2, 1] } }, output);
}
