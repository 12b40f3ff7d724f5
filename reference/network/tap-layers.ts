import type { Graph } from './graph.ts';

/**
 * Hands out intermediate values beside the head output, e.g. what goes into each convolution (`node.inputs[0]`) or comes
 * out of it (`node.output`). Values already handed out are not repeated: find a value's place by its name in `outputs`.
 * Tap before `foldBatchNorm` to see a convolution's own output; the folding then leaves that one alone.
 * @throws RangeError when the graph has no value of a name.
 */
export function tapLayers(graph: Graph, values: Iterable<string>): Graph {
  const known = new Set([graph.input, ...graph.nodes.map((node) => node.output)]);
  const outputs = new Set(graph.outputs);
  for (const value of values) {
    if (!known.has(value))
      throw new RangeError(`cannot tap "${value}": the network has no value of that name`);
    outputs.add(value);
  }
  return { ...graph, outputs: [...outputs] };
}
