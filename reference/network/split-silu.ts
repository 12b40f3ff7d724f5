import type { Graph, GraphNode } from './graph.ts';

/**
 * Writes each SiLU as a port to PyTorch 1.3 has to, which has none: `x · sigmoid(x)`, two operators with a rounding each.
 * The sigmoid is named `<module>.sigmoid`; the product keeps the name and the value.
 */
export function splitSilu(graph: Graph): Graph {
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (node.op !== 'silu') return [node];
    const name = `${node.name}.sigmoid`;
    const output = `${node.output}.sigmoid`;
    return [
      { op: 'sigmoid', name, inputs: node.inputs, output },
      { op: 'multiply', name: node.name, inputs: [node.inputs[0], output], output: node.output },
    ];
  });
  return { ...graph, nodes };
}
