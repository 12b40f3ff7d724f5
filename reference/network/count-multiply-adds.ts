import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';

/**
 * Multiply–adds of all convolutions for one image of `[height, width]`; biases and every other operation are left out.
 * Twice this number is the FLOP count that YOLOX prints, short of its batch norms and activations.
 */
export function countMultiplyAdds(graph: Graph, [height, width]: readonly [number, number]): number {
  const shapes = inferShapes(graph, [1, 3, height, width]);
  let count = 0;
  for (const node of graph.nodes) {
    if (node.op !== 'conv2d') continue;
    const [, inPerGroup, kernelHeight, kernelWidth] = graph.tensors.get(node.weight)!.shape;
    const [, out, outHeight, outWidth] = shapes.get(node.output)!;
    count += out * outHeight * outWidth * inPerGroup * kernelHeight * kernelWidth;
  }
  return count;
}
