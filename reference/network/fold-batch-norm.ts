import { float32Tensor, type Tensor } from '../tensor.ts';
import type { BatchNormNode, ConvNode, Graph, GraphNode } from './graph.ts';

/**
 * Folds each batch norm into the convolution before it: `w·γ/√(σ²+ε)` and `β + (b − μ)·γ/√(σ²+ε)`, computed in float64
 * and rounded once (the formula of YOLOX `fuse_conv_and_bn`, `yolox/utils/model_utils.py`).
 *
 * A batch norm stays where the convolution's own output is used or handed out, where its weights are shared, and where it
 * is quantised: a device quantises the weights as they are and normalises in float.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const uses = countUses(graph);
  const convolutions = new Map<string, ConvNode>();
  for (const node of graph.nodes) {
    if (node.op === 'conv2d' && canFold(node, uses)) convolutions.set(node.output, node);
  }

  const tensors = new Map(graph.tensors);
  const folded = new Map<string, ConvNode>();
  const removed = new Set<string>();
  for (const node of graph.nodes) {
    if (node.op !== 'batch-norm') continue;
    const convolution = convolutions.get(node.inputs[0]);
    if (!convolution) continue;
    folded.set(convolution.name, fold(graph, convolution, node, tensors));
    removed.add(node.name);
  }
  const nodes = graph.nodes
    .filter((node) => !removed.has(node.name))
    .map((node) => folded.get(node.name) ?? node);
  return { ...graph, nodes, tensors: keepUsed(nodes, tensors) };
}

interface Uses {
  readonly values: ReadonlyMap<string, number>;
  readonly weights: ReadonlyMap<string, number>;
}

function countUses(graph: Graph): Uses {
  const values = new Map<string, number>();
  const weights = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const node of graph.nodes) {
    for (const input of node.inputs) count(values, input);
    if (node.op === 'conv2d') count(weights, node.weight);
  }
  for (const output of graph.outputs) count(values, output);
  return { values, weights };
}

function canFold(node: ConvNode, uses: Uses): boolean {
  return !node.quantization && uses.values.get(node.output) === 1 && uses.weights.get(node.weight) === 1;
}

function fold(graph: Graph, node: ConvNode, norm: BatchNormNode, tensors: Map<string, Tensor>): ConvNode {
  const weight = graph.tensors.get(node.weight)!;
  const bias = node.bias === undefined ? undefined : graph.tensors.get(node.bias)!.data;
  const [gamma, beta, mean, variance] = [norm.gamma, norm.beta, norm.mean, norm.variance].map(
    (name) => graph.tensors.get(name)!.data,
  );
  const channels = weight.shape[0];
  const perChannel = weight.data.length / channels;
  const foldedWeight = new Float32Array(weight.data.length);
  const foldedBias = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const factor = gamma[channel] / Math.sqrt(variance[channel] + norm.epsilon);
    const end = (channel + 1) * perChannel;
    for (let i = channel * perChannel; i < end; i++) foldedWeight[i] = weight.data[i] * factor;
    foldedBias[channel] = beta[channel] + ((bias?.[channel] ?? 0) - mean[channel]) * factor;
  }
  const biasName = node.bias ?? `${node.name}.bias`;
  tensors.set(node.weight, float32Tensor(foldedWeight, weight.shape, 'OIHW'));
  tensors.set(biasName, float32Tensor(foldedBias, [channels]));
  return { ...node, bias: biasName, output: norm.output };
}

function keepUsed(nodes: readonly GraphNode[], tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const used = new Set<string>();
  for (const node of nodes) {
    if (node.op === 'conv2d') {
      used.add(node.weight);
      if (node.bias !== undefined) used.add(node.bias);
    } else if (node.op === 'batch-norm') {
      for (const name of [node.gamma, node.beta, node.mean, node.variance]) used.add(name);
    }
  }
  return new Map([...tensors].filter(([name]) => used.has(name)));
}
