import {
  type ConvNode,
  type Graph,
  type GraphNode,
  inferShapes,
  quantizableConvs,
  type Shape,
  usersOfValues,
} from '../network/index.ts';
import { elementCount } from '../tensor.ts';

/** What a layer does for one image. */
export interface LayerWork {
  readonly name: string;
  /** Operations handed to the card one after the other. */
  readonly launches: number;
  /** Multiply–adds on the matrix unit. */
  readonly matrixMultiplyAdds: number;
  /** Operations on the vector unit, and those of them that a depthwise convolution needs. */
  readonly vectorOps: number;
  readonly depthwiseOps: number;
  /** Weights on integers, and weights that stay float: elements, read once for a whole batch. */
  readonly integerWeights: number;
  readonly floatWeights: number;
  /** Elements read from and written to the card's memory. */
  readonly activations: number;
}

export interface WorkOptions {
  /** Height and width of the input in pixels, multiples of 32. */
  readonly size: readonly [number, number];
  /**
   * True: a convolution with the batch norm and the activation behind it is one launch, and what lies between them stays
   * on the chip, as in an offline model. False: each operator goes from memory to memory by itself.
   */
  readonly fused: boolean;
}

/** What stays on the chip between a convolution and the end of its group. */
const FUSED_BEHIND: ReadonlySet<GraphNode['op']> = new Set([
  'batch-norm',
  'silu',
  'sigmoid',
  'table-sigmoid',
  'relu',
  'leaky-relu',
]);

/**
 * The layers of a graph in order, each with its work. Depthwise convolutions go to the vector unit, since the card does not
 * run them on integers. Biases are left out: they are a few thousandths of the weights.
 * @throws RangeError for a size that the network cannot take.
 */
export function layerWork(graph: Graph, { size, fused }: WorkOptions): LayerWork[] {
  const shapes = inferShapes(graph, [1, 3, ...size]);
  const groups = fused ? fusedGroups(graph) : graph.nodes.map((node) => [node]);
  const matrix = new Set(quantizableConvs(graph).map(({ name }) => name));
  return groups.map((group) => {
    const [first] = group as [GraphNode];
    const read = first.inputs.reduce((sum, input) => sum + elements(shapes, input), 0);
    const written = elements(shapes, group.at(-1)!.output);
    const steps = fused ? { launches: 1, activations: read + written } : asLaunched(first, read, written);
    const work = { ...NOTHING, name: first.name, ...steps };
    for (const node of group) addComputation(work, node, graph, shapes, matrix.has(node.name));
    return work;
  });
}

type Work = { -readonly [K in keyof LayerWork]: LayerWork[K] };

const NOTHING = {
  matrixMultiplyAdds: 0,
  vectorOps: 0,
  depthwiseOps: 0,
  integerWeights: 0,
  floatWeights: 0,
} as const;

/**
 * Operators that are several launches in a port: MLU PyTorch 1.3 has no SiLU, which is a sigmoid and a product there, and
 * Focus is four strided slices and a concatenation.
 */
function asLaunched(
  { op }: GraphNode,
  read: number,
  written: number,
): Pick<Work, 'launches' | 'activations'> {
  if (op === 'silu') return { launches: 2, activations: 2 * read + 3 * written };
  if (op === 'focus') return { launches: 5, activations: 2 * (read + written) };
  return { launches: 1, activations: read + written };
}

/** Every node once, in order: a convolution with what is fused behind it, any other node alone. */
function fusedGroups(graph: Graph): GraphNode[][] {
  const users = usersOfValues(graph);
  const taken = new Set<GraphNode>();
  return graph.nodes.flatMap((node) => {
    if (taken.has(node)) return [];
    const group = [node];
    for (let last: GraphNode = node; node.op === 'conv2d' && !graph.outputs.includes(last.output); ) {
      const [next, ...more] = users.get(last.output) ?? [];
      if (next === undefined || more.length > 0 || !FUSED_BEHIND.has(next.op)) break;
      taken.add(next);
      group.push(next);
      last = next;
    }
    return [group];
  });
}

/** Adds what a node computes. */
function addComputation(
  work: Work,
  node: GraphNode,
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  onMatrix: boolean,
): void {
  const written = elements(shapes, node.output);
  if (node.op !== 'conv2d') {
    work.vectorOps += vectorOpsPerElement(node) * written;
    return;
  }
  const weight = graph.tensors.get(node.weight)!;
  const multiplyAdds = written * elementCount(weight.shape.slice(1));
  if (onMatrix) {
    work.matrixMultiplyAdds += multiplyAdds;
    work.integerWeights += elementCount(weight.shape);
  } else {
    work.vectorOps += 2 * multiplyAdds;
    work.depthwiseOps += 2 * multiplyAdds;
    work.floatWeights += elementCount(weight.shape);
  }
}

/**
 * Vector operations for one element of the output, counted as if a table look-up were one of them, since the vendor
 * publishes no counts: a sigmoid is one, SiLU a sigmoid and a product, batch norm a product and a sum, a rounding to half
 * one. Copies are none: all of their time is memory.
 */
function vectorOpsPerElement(node: Exclude<GraphNode, ConvNode>): number {
  switch (node.op) {
    case 'batch-norm':
    case 'silu':
    case 'leaky-relu':
      return 2;
    case 'sigmoid':
    case 'table-sigmoid':
    case 'relu':
    case 'add':
    case 'multiply':
    case 'vendor-half':
      return 1;
    case 'max-pool':
      // One axis after the other.
      return 2 * (node.kernel - 1);
    case 'concat':
    case 'upsample':
    case 'focus':
    case 'flatten-levels':
      return 0;
  }
}

function elements(shapes: ReadonlyMap<string, Shape>, value: string): number {
  return elementCount(shapes.get(value)!);
}
