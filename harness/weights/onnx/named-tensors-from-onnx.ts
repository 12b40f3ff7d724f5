import {
  type ConvolutionLayout,
  convolutionsInForwardOrder,
  expectedParameters,
  type YoloxVariant,
  yoloxLayout,
} from '../../../reference/network/index.ts';
import { type AnyTensor, float32Tensor, type NamedTensors, type Tensor } from '../../../reference/tensor.ts';
import type { OnnxModel, OnnxNode } from '../../onnx/model-proto.ts';
import { quote } from '../shorten.ts';
import { UnusableFile } from '../unusable-file.ts';
import { attributeInts, floatAttribute } from './attributes.ts';
import { guessVariant } from './guess-variant.ts';
import { matchWirings } from './match-wirings.ts';
import { EXPORT_AGAIN, notYolox } from './not-yolox.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { traceWiring } from './wiring.ts';

/** Batch norm epsilon of YOLOX; √(σ² + ε) is exactly 1, in float32 and in float64, for σ² = 1 − ε in float32. */
const EPSILON = 1e-3;
const FOLDED_VARIANCE = Math.fround(1 - EPSILON);

export interface OnnxWeights {
  readonly tensors: NamedTensors;
  readonly variant: YoloxVariant;
}

/**
 * The official state dict of an exported YOLOX. An exporter that folds batch norm names the weights by numbers, so
 * that the convolutions are told apart by how they hang together: the graph is matched, from its outputs back to its
 * input, with the network of the variant that its layers are of, and every shape, stride and group is compared.
 *
 * Where batch norm was folded, it carries the bias and is otherwise neutral: γ = 1, μ = 0, σ² = 1 − ε, so that
 * folding it again gives back the very weights of the file.
 * @throws UnusableFile when the graph is not a YOLOX, or its weights are not stored in it.
 */
export function namedTensorsFromOnnx(graph: OnnxModel['graph']): OnnxWeights {
  const onnx = new OnnxGraph(graph);
  const wiring = traced(onnx);
  const variant = guessVariant(onnx, wiring);
  const layout = yoloxLayout(variant);
  const layouts = new Map(convolutionsInForwardOrder(variant).map((entry) => [entry.name, entry]));
  const expected = traceWiring(
    layout.nodes.map((node) => ({
      inputs: node.inputs,
      outputs: [node.output],
      ...(node.op === 'conv2d' ? { convolution: node } : {}),
    })),
    layout.input,
    [layout.output],
  );

  const filled = new Map<string, AnyTensor>();
  for (const [wanted, found] of matchWirings(expected, wiring)) {
    fillConvolution(filled, onnx, found, layouts.get(wanted.name)!);
  }
  const tensors = new Map<string, AnyTensor>();
  for (const name of expectedParameters(variant).keys()) tensors.set(name, filled.get(name)!);
  return { tensors, variant };
}

function traced(onnx: OnnxGraph) {
  try {
    return traceWiring(onnx.steps(), onnx.input, onnx.outputs);
  } catch (error) {
    if (error instanceof RangeError) throw notYolox(`it ${error.message}`);
    throw error;
  }
}

function fillConvolution(
  filled: Map<string, AnyTensor>,
  onnx: OnnxGraph,
  node: OnnxNode,
  layout: ConvolutionLayout,
): void {
  const { name, stride, padding, groups, weightShape } = layout;
  const weight = onnx.constant(node.input[1] ?? '');
  const [channels, , kernelHeight, kernelWidth] = weightShape;
  compare(name, 'weights', weight.shape, weightShape);
  compare(name, 'strides', attributeInts(node, 'strides', [1, 1]), [stride, stride]);
  compare(name, 'padding', attributeInts(node, 'pads', [0, 0, 0, 0]), [padding, padding, padding, padding]);
  compare(name, 'dilations', attributeInts(node, 'dilations', [1, 1]), [1, 1]);
  compare(name, 'groups', attributeInts(node, 'group', [1]), [groups]);
  compare(name, 'kernel', attributeInts(node, 'kernel_shape', [kernelHeight, kernelWidth]), [
    kernelHeight,
    kernelWidth,
  ]);

  filled.set(`${name}.weight`, { ...weight, layout: 'OIHW' });
  const bias = node.input[2] ? sized(onnx.constant(node.input[2]), channels, `${name}.bias`) : undefined;
  if (layout.batchNorm === undefined) {
    filled.set(`${name}.bias`, bias ?? float32Tensor(new Float32Array(channels), [channels]));
    return;
  }
  const entries = batchNormEntries(onnx, node, bias, channels, layout.batchNorm);
  for (const [entry, tensor] of Object.entries(entries)) filled.set(`${layout.batchNorm}.${entry}`, tensor);
  filled.set(`${layout.batchNorm}.num_batches_tracked`, {
    dtype: 'int64',
    shape: [],
    data: new BigInt64Array(1),
  });
}

function batchNormEntries(
  onnx: OnnxGraph,
  node: OnnxNode,
  bias: Tensor | undefined,
  channels: number,
  name: string,
): Record<'weight' | 'bias' | 'running_mean' | 'running_var', Tensor> {
  const norm = onnx.batchNormBehind(node);
  if (!norm) {
    const constant = (value: number) => float32Tensor(new Float32Array(channels).fill(value), [channels]);
    return {
      weight: constant(1),
      bias: bias ?? constant(0),
      running_mean: constant(0),
      running_var: constant(FOLDED_VARIANCE),
    };
  }
  const epsilon = floatAttribute(norm, 'epsilon', 1e-5);
  if (bias || Math.abs(epsilon - EPSILON) > 1e-8) {
    throw notYolox(
      bias
        ? `"${name}" follows a convolution with a bias`
        : `"${name}" has an epsilon of ${epsilon}, not ${EPSILON}`,
    );
  }
  const entry = (index: number, suffix: string) =>
    sized(onnx.constant(norm.input[index] ?? ''), channels, `${name}.${suffix}`);
  return {
    weight: entry(1, 'weight'),
    bias: entry(2, 'bias'),
    running_mean: entry(3, 'running_mean'),
    running_var: entry(4, 'running_var'),
  };
}

function sized(tensor: Tensor, channels: number, name: string): Tensor {
  compare(name, 'values', tensor.shape, [channels]);
  return tensor;
}

function compare(name: string, what: string, found: readonly number[], expected: readonly number[]): void {
  if (found.length === expected.length && found.every((value, i) => value === expected[i])) return;
  throw new UnusableFile(
    `its weights are not those of a YOLOX: ${what} of ${quote(name)} are [${found.slice(0, 8).join(', ')}] ` +
      `where the other layers demand [${expected.join(', ')}]`,
    EXPORT_AGAIN,
  );
}
