import { float32Tensor, type Tensor } from '../tensor.ts';
import type { ConvNode, FocusNode, Graph } from './graph.ts';

/** Row and column offset of each patch in the order in which Focus joins them: TL, BL, TR, BR. */
const PATCHES = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

/**
 * Replaces Focus and the convolution behind it by one convolution of twice the kernel and stride 2 (3×3 becomes 6×6) on
 * the pixels themselves. It sums the same products; a quantised one keeps its scales, since neither the set of inputs nor
 * that of weights changes. A graph without Focus, or whose Focus output has another use, comes back as it is.
 */
export function focusToConv(graph: Graph): Graph {
  const focus = graph.nodes.find((node): node is FocusNode => node.op === 'focus');
  if (!focus || graph.outputs.includes(focus.output)) return graph;
  const users = graph.nodes.filter((node) => node.inputs.includes(focus.output));
  const [user] = users;
  if (users.length !== 1 || user.op !== 'conv2d' || user.stride !== 1 || user.groups !== 1) return graph;

  const convolution: ConvNode = { ...user, inputs: focus.inputs, stride: 2, padding: user.padding * 2 };
  const tensors = new Map(graph.tensors);
  tensors.set(user.weight, spread(graph.tensors.get(user.weight)!));
  const nodes = graph.nodes
    .filter((node) => node !== focus)
    .map((node) => (node === user ? convolution : node));
  return { ...graph, nodes, tensors };
}

/** Weights `[out, 4·in, k, k]` over joined patches as `[out, in, 2k, 2k]` over pixels. */
function spread(weight: Tensor): Tensor {
  const [out, joined, kernelHeight, kernelWidth] = weight.shape;
  const channels = joined / PATCHES.length;
  const height = kernelHeight * 2;
  const width = kernelWidth * 2;
  const data = new Float32Array(weight.data.length);
  let source = 0;
  for (let o = 0; o < out; o++) {
    for (const [rowOffset, columnOffset] of PATCHES) {
      for (let channel = 0; channel < channels; channel++) {
        const plane = (o * channels + channel) * height * width;
        for (let row = 0; row < kernelHeight; row++) {
          const start = plane + (row * 2 + rowOffset) * width + columnOffset;
          for (let column = 0; column < kernelWidth; column++) {
            data[start + column * 2] = weight.data[source++];
          }
        }
      }
    }
  }
  return float32Tensor(data, [out, channels, height, width], 'OIHW');
}
