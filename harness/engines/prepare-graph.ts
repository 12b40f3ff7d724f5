import { focusToConv, foldBatchNorm, type Graph, tapLayers } from '../../reference/network/index.ts';

/**
 * A graph as both engines run it fastest, with the same outputs: batch norms folded, and Focus as a 6×6 convolution
 * (8 % faster than slices for YOLOX-nano). Values in `keep` survive under their names.
 */
export function prepareGraph(graph: Graph, keep: readonly string[] = []): Graph {
  const prepared = focusToConv(foldBatchNorm(tapLayers(graph, keep)));
  return { ...prepared, outputs: graph.outputs };
}
