import { type Graph, inferShapes } from '../../../reference/network/index.ts';
import { type ActivationForm, emitNode } from './emit-node.ts';
import { OnnxBuilder } from './onnx-builder.ts';
import { isQuantized, QuantizedConvEmitter, type QuantizedConvOptions } from './quantized-conv.ts';
import { emitValueRange, type ValueRangeOutputs } from './value-range.ts';
import { VENDOR_HALF_OPSET } from './vendor-half.ts';

export interface OnnxOptions extends QuantizedConvOptions {
  /** Values whose smallest and largest element are handed out too. */
  readonly observedValues: readonly string[];
}

export interface OnnxGraph {
  readonly builder: OnnxBuilder;
  /** Layer name → int32 scalar output with the count of its clamped inputs. */
  readonly saturation: ReadonlyMap<string, string>;
  /** Observed value → scalar outputs with its extremes. */
  readonly ranges: ReadonlyMap<string, ValueRangeOutputs>;
}

/**
 * A graph as an ONNX model for inference here: batch, height and width are free, every output of the graph is handed
 * out under its own name, and values keep the names that they have in the graph.
 */
export function graphToOnnx(graph: Graph, options: OnnxOptions): OnnxGraph {
  const halves = graph.nodes.some((node) => node.op === 'vendor-half');
  const builder = new OnnxBuilder(graph.name, halves ? VENDOR_HALF_OPSET : undefined);
  builder.addInput(graph.input, ['batch', 3, 'height', 'width']);
  const quantizedConvs = new QuantizedConvEmitter(builder, graph, options);
  const activations = activationForm(graph, options);
  for (const node of graph.nodes) emitNode(builder, graph, node, quantizedConvs, activations);
  for (const output of graph.outputs) {
    // ONNX has no way to hand an input straight out; the session returns it itself.
    if (output === graph.input) continue;
    const rank = graph.nodes.some((node) => node.output === output && node.op === 'flatten-levels') ? 3 : 4;
    builder.addOutput(
      output,
      Array.from({ length: rank }, (_, axis) => (axis === 0 ? 'batch' : `${output}.${axis}`)),
    );
  }
  declareShapes(builder, graph);
  const { saturation } = quantizedConvs;
  for (const output of new Set(saturation.values())) builder.addOutput(output, [], 'int32');
  const ranges = new Map(options.observedValues.map((value) => [value, emitValueRange(builder, value)]));
  return { builder, saturation, ranges };
}

function activationForm(graph: Graph, { execution }: OnnxOptions): ActivationForm {
  const bits = graph.nodes.flatMap((node) =>
    node.op === 'conv2d' && isQuantized(node) ? [node.quantization.bits] : [],
  );
  if (bits.length === 0 || execution === 'fast') return 'fast';
  return bits.includes(8) ? 'rounded' : 'float32';
}

/**
 * Tells ONNX Runtime which values have the same height and width. It infers neither behind a convolution whose input size
 * is free, and plans the memory of values of unknown size in a time that grows with the square of their number: seconds
 * for a network whose activations are rounded.
 */
function declareShapes(builder: OnnxBuilder, graph: Graph): void {
  // Extents are linear in the input's, which is a multiple of 32: what they come to at two sizes names them.
  const small = inferShapes(graph, [1, 3, 32, 32]);
  const large = inferShapes(graph, [1, 3, 64, 64]);
  for (const { output } of graph.nodes) {
    const shape = small.get(output)!;
    if (shape.length !== 4 || graph.outputs.includes(output)) continue;
    const [, , height, width] = large.get(output)!;
    builder.declareShape(output, [
      'batch',
      shape[1],
      `height(${shape[2]},${height})`,
      `width(${shape[3]},${width})`,
    ]);
  }
}
