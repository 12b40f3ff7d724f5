import { float32Tensor, type Tensor } from '../tensor.ts';
import type { BatchNormNode, ConvNode, ConvQuantization, Graph } from './graph.ts';
import { usersOfValues } from './users-of-values.ts';

type QuantizedConv = ConvNode & { readonly quantization: ConvQuantization };

/**
 * Lets each quantised convolution carry out the batch norm behind it: `γ/√(σ²+ε)` as a factor on the way back from
 * integers, in float64, and `β + (b − μ)·γ/√(σ²+ε)` as the bias, rounded to float32. The integers of the weights stay
 * those of the checkpoint, as in the offline models, which hold unfolded weights and float32 biases.
 *
 * A batch norm stays where the convolution's own output has another use or is handed out. Float convolutions are left to
 * `foldBatchNorm`.
 */
export function fuseBatchNorm(graph: Graph): Graph {
  const users = usersOfValues(graph);
  const tensors = new Map(graph.tensors);
  const fused = new Map<string, ConvNode>();
  const removed = new Set<string>();
  for (const node of graph.nodes) {
    if (node.op !== 'conv2d' || !isQuantized(node) || graph.outputs.includes(node.output)) continue;
    const [norm, ...others] = users.get(node.output) ?? [];
    if (norm?.op !== 'batch-norm' || others.length > 0) continue;
    fused.set(node.name, fuse(graph, node, norm, tensors));
    removed.add(norm.name);
  }
  const nodes = graph.nodes
    .filter((node) => !removed.has(node.name))
    .map((node) => fused.get(node.name) ?? node);
  return { ...graph, nodes, tensors };
}

function isQuantized(node: ConvNode): node is QuantizedConv {
  return node.quantization !== undefined;
}

function fuse(
  graph: Graph,
  node: QuantizedConv,
  norm: BatchNormNode,
  tensors: Map<string, Tensor>,
): ConvNode {
  const [gamma, beta, mean, variance] = [norm.gamma, norm.beta, norm.mean, norm.variance].map(
    (name) => graph.tensors.get(name)!.data,
  );
  const bias = node.bias === undefined ? undefined : graph.tensors.get(node.bias)!.data;
  const channelFactor = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i] + norm.epsilon));
  const shift = Float32Array.from(
    channelFactor,
    (factor, i) => beta[i] + ((bias?.[i] ?? 0) - mean[i]) * factor,
  );
  // Under a name of its own: another convolution may share the bias.
  const name = `${node.name}.fused_bias`;
  tensors.set(name, float32Tensor(shift, [shift.length]));
  return {
    ...node,
    bias: name,
    output: norm.output,
    quantization: { ...node.quantization, channelFactor },
  };
}
