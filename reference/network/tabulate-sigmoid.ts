import type { Graph } from './graph.ts';

/** Takes each sigmoid from the table of `reference/functions`. Split SiLU first: one that stands whole is left exact. */
export function tabulateSigmoid(graph: Graph): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => (node.op === 'sigmoid' ? { ...node, op: 'table-sigmoid' } : node)),
  };
}
