import type { Tensor } from '../../../reference/tensor.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../../onnx/model-proto.ts';
import { tensorValues } from '../../onnx/tensor-values.ts';
import { quote, shorten } from '../shorten.ts';
import { UnusableFile } from '../unusable-file.ts';
import type { Step } from './wiring.ts';

const MAX_EDGES = 200_000;

/** Of these only the first input is data; the others are shapes, sizes, indices or limits. */
const FIRST_INPUT_ONLY = new Set([
  'Reshape',
  'Resize',
  'Upsample',
  'Slice',
  'Expand',
  'Tile',
  'Pad',
  'Gather',
  'Clip',
]);
/** These answer with numbers about a value, not with the value. */
const NO_DATA = new Set(['Shape', 'Size', 'Constant', 'ConstantOfShape', 'Range', 'NonZero']);

/** An ONNX graph by value name: which node makes a value, which use it, which values are constants. */
export class OnnxGraph {
  readonly input: string;
  readonly outputs: readonly string[];
  readonly #nodes: readonly OnnxNode[];
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #batchNorms = new Map<string, OnnxNode>();

  /** @throws UnusableFile when it has no single input, or no output. */
  constructor(graph: OnnxModel['graph']) {
    for (const tensor of graph.initializer) this.#constants.set(tensor.name, tensor);
    const edges = graph.node.reduce((sum, node) => sum + node.input.length + node.output.length, 0);
    if (edges > MAX_EDGES)
      throw new UnusableFile(`its graph has ${edges} connections, far more than a YOLOX`);
    for (const node of graph.node) this.#readConstant(node);
    for (const node of graph.node) {
      if (node.opType === 'BatchNormalization') this.#batchNorms.set(node.input[0], node);
    }
    this.#nodes = graph.node;
    const inputs = graph.input.map(({ name }) => name).filter((name) => !this.#constants.has(name));
    if (inputs.length !== 1 || graph.output.length === 0) {
      throw new UnusableFile(
        `its graph has ${inputs.length} inputs and ${graph.output.length} outputs, where a YOLOX takes one image batch`,
        'export it with the official tools/export_onnx.py',
      );
    }
    this.input = inputs[0];
    this.outputs = graph.output.map(({ name }) => name);
  }

  /** Nodes as steps from data to data, convolutions marked. */
  *steps(): Iterable<Step<OnnxNode>> {
    for (const node of this.#nodes) {
      if (NO_DATA.has(node.opType)) continue;
      if (node.opType === 'Conv') {
        yield { inputs: node.input.slice(0, 1), outputs: node.output, convolution: node };
      } else {
        const inputs = FIRST_INPUT_ONLY.has(node.opType) ? node.input.slice(0, 1) : node.input;
        yield { inputs, outputs: node.output };
      }
    }
  }

  hasOperator(type: string): boolean {
    return this.#nodes.some(({ opType }) => opType === type);
  }

  batchNormBehind(node: OnnxNode): OnnxNode | undefined {
    return this.#batchNorms.get(node.output[0]);
  }

  /** @throws UnusableFile when the value is computed, or its values cannot be used. */
  constant(value: string): Tensor {
    const tensor = this.#constants.get(value);
    if (!tensor) {
      throw new UnusableFile(
        `its weights ${quote(value)} are computed by the graph instead of stored`,
        'export the float model, not a quantised one',
      );
    }
    try {
      return tensorValues(tensor);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UnusableFile(
        `its tensor ${quote(value)} ${shorten(error.message, 160)}`,
        'export it in one file, in float32 or float16',
      );
    }
  }

  /** Constants that are nodes; exporters name a shared one again by `Identity`. */
  #readConstant(node: OnnxNode): void {
    const [output] = node.output;
    if (output === undefined) return;
    if (node.opType === 'Constant') {
      const tensor = node.attribute?.find(({ name }) => name === 'value')?.t;
      if (tensor) this.#constants.set(output, tensor);
    } else if (node.opType === 'Identity' || node.opType === 'Cast') {
      const tensor = this.#constants.get(node.input[0]);
      if (tensor) this.#constants.set(output, tensor);
    }
  }
}
