import type { Graph, GraphNode } from './graph.ts';
import { usersOfValues } from './users-of-values.ts';

/**
 * Where values go to memory and are rounded to its type: after every operator, as a network runs layer by layer; or
 * after every fused group, as a compiled one runs: a convolution with its batch norm and its activation.
 */
export type RoundedAfter = 'operator' | 'group';

/** Operators that only move values or pick among them: halves in give halves out. */
const MOVES_VALUES: ReadonlySet<GraphNode['op']> = new Set([
  'concat',
  'max-pool',
  'upsample',
  'focus',
  'flatten-levels',
  'vendor-half',
]);

const ACTIVATIONS: ReadonlySet<GraphNode['op']> = new Set([
  'silu',
  'sigmoid',
  'table-sigmoid',
  'relu',
  'leaky-relu',
]);

/**
 * Rounds activations in memory to the vendor's float16. Every value keeps its name; what an operator computes before it
 * is rounded is called `<value>.unrounded`. The input of the network is left as it is handed over: raw pixels from 0 to
 * 255 are halves already. Weights, biases and batch norm parameters stay float32.
 *
 * The last pass but those that prepare a graph for an engine: `splitSilu` and `fuseBatchNorm` come before.
 */
export function roundActivations(graph: Graph, after: RoundedAfter): Graph {
  const inside = after === 'group' ? valuesInsideGroups(graph) : new Set<string>();
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (MOVES_VALUES.has(node.op) || inside.has(node.output)) return [node];
    const unrounded = `${node.output}.unrounded`;
    return [
      { ...node, output: unrounded },
      { op: 'vendor-half', name: `${node.name}.half`, inputs: [unrounded], output: node.output },
    ];
  });
  return { ...graph, nodes };
}

/** Values that a fused group never writes to memory. */
function valuesInsideGroups(graph: Graph): Set<string> {
  const users = usersOfValues(graph);
  const onlyUsers = (value: string): readonly GraphNode[] =>
    graph.outputs.includes(value) ? [] : (users.get(value) ?? []);
  const inside = new Set<string>();
  for (const node of graph.nodes) {
    if (node.op !== 'conv2d') continue;
    let value = node.output;
    const [norm, ...others] = onlyUsers(value);
    if (norm?.op === 'batch-norm' && others.length === 0) {
      inside.add(value);
      value = norm.output;
    }
    for (const hidden of valuesBeforeActivation(value, onlyUsers)) inside.add(hidden);
  }
  return inside;
}

/** What becomes of a group's value: into one activation, or into a sigmoid and the product with it. */
function valuesBeforeActivation(
  value: string,
  onlyUsers: (value: string) => readonly GraphNode[],
): readonly string[] {
  const [first, second, ...others] = onlyUsers(value);
  if (first === undefined || others.length > 0 || !ACTIVATIONS.has(first.op)) return [];
  if (second === undefined) return [value];
  const gate = onlyUsers(first.output);
  return second.op === 'multiply' && gate.length === 1 && gate[0] === second ? [value, first.output] : [];
}
