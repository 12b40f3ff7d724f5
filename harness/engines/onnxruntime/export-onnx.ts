import { fixedGrids, type InputSize } from '../../../reference/decode/index.ts';
import { type Graph, inferShapes } from '../../../reference/network/index.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { emitNode } from './emit-node.ts';
import { OnnxBuilder } from './onnx-builder.ts';
import { QuantizedConvEmitter } from './quantized-conv.ts';

export interface ExportOptions {
  /** Fixes the model to batch 1 of this size; without it batch, height and width stay free. */
  readonly inputSize?: InputSize;
  /** Decodes boxes to pixels inside the model, which needs `inputSize`. */
  readonly decode?: boolean;
  /** ONNX operator set, 11–17; 11 as in the official export. */
  readonly opset?: number;
}

const INPUT = 'images';
const OUTPUT = 'output';
/** Name of the head output inside a model that decodes it. */
const RAW_OUTPUT = 'raw_output';

/**
 * A float graph as the bytes of an `.onnx` file with the names of the official export: `images` in, `output` out.
 * @throws RangeError when the size is not a multiple of 32, when decoding is asked for without one, or when
 * a convolution is quantised or an activation rounded as on a device, which ONNX cannot say.
 */
export function exportOnnx(graph: Graph, options: ExportOptions = {}): Uint8Array {
  const { inputSize, decode = false, opset = 11 } = options;
  if (decode && !inputSize) throw new RangeError('a model that decodes its boxes needs a fixed input size');
  if (graph.nodes.some((node) => (node.op === 'conv2d' && node.quantization) || node.op === 'vendor-half')) {
    throw new RangeError(
      'an ONNX file cannot hold the quantised convolutions and the rounding of a device: export the float network',
    );
  }
  const named = renameValues(graph, {
    [graph.input]: INPUT,
    [graph.outputs[0]]: decode ? RAW_OUTPUT : OUTPUT,
  });
  const inputShape = [1, 3, inputSize?.height ?? 32, inputSize?.width ?? 32];
  const [, anchors, channels] = inferShapes(named, inputShape).get(named.outputs[0])!;

  const builder = new OnnxBuilder(graph.name, opset);
  builder.addInput(INPUT, inputSize ? inputShape : ['batch', 3, 'height', 'width']);
  // Never called: a quantised graph was refused above.
  const quantizedConvs = new QuantizedConvEmitter(builder, named, {
    execution: 'exact',
    countSaturation: false,
  });
  for (const node of named.nodes) emitNode(builder, named, node, quantizedConvs, 'fast');
  if (inputSize && decode) emitDecode(builder, RAW_OUTPUT, OUTPUT, inputSize);
  builder.addOutput(OUTPUT, inputSize ? [1, anchors, channels] : ['batch', 'anchors', channels]);
  return builder.encode();
}

function renameValues(graph: Graph, names: Readonly<Record<string, string>>): Graph {
  const rename = (value: string): string => names[value] ?? value;
  return {
    ...graph,
    input: rename(graph.input),
    outputs: graph.outputs.map(rename),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      output: rename(node.output),
    })),
  };
}

/** `xy = (xy + grid) · stride`, `wh = exp(wh) · stride`: YOLOX `decode_outputs` with its grids as constants. */
function emitDecode(builder: OnnxBuilder, raw: string, output: string, inputSize: InputSize): void {
  const { grid, x, y, stride } = fixedGrids(inputSize);
  const origins = new Float32Array(2 * grid.anchors);
  for (let anchor = 0; anchor < grid.anchors; anchor++) {
    origins[2 * anchor] = x[anchor];
    origins[2 * anchor + 1] = y[anchor];
  }
  const cells = builder.addInitializer('grid', float32Tensor(origins, [1, grid.anchors, 2]));
  const pixels = builder.addInitializer('stride', float32Tensor(stride, [1, grid.anchors, 1]));
  const channels = (start: number, end: number): string =>
    builder.addNode('Slice', [
      raw,
      builder.addInts([start]),
      builder.addInts([end]),
      builder.addInts([2]),
      builder.addInts([1]),
    ]);
  const centres = builder.addNode('Mul', [builder.addNode('Add', [channels(0, 2), cells]), pixels]);
  const sizes = builder.addNode('Mul', [builder.addNode('Exp', [channels(2, 4)]), pixels]);
  const rest = channels(4, Number.MAX_SAFE_INTEGER);
  builder.addNode('Concat', [centres, sizes, rest], { axis: { int: 2 } }, output);
}
