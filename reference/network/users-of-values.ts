import type { Graph, GraphNode } from './graph.ts';

/** The nodes that read each value, in graph order, one entry a node; nothing for a value that no node reads. */
export function usersOfValues(graph: Graph): Map<string, GraphNode[]> {
  const users = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  }
  return users;
}
