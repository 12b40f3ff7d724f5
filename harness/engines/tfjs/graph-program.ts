import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Graph, GraphNode } from '../../../reference/network/index.ts';

/** Tensors of the values of a graph while it runs, by slot number. */
export interface Step {
  readonly node: GraphNode;
  readonly inputs: readonly number[];
  readonly output: number;
  /** Slots that no later step reads: their tensors are freed after this one. */
  readonly lastUses: readonly number[];
}

/** A graph with numbered values, ready to be carried out step by step. */
export interface GraphProgram {
  readonly steps: readonly Step[];
  readonly slots: number;
  /** Slot of each output of the graph; slot 0 is its input. */
  readonly outputs: readonly number[];
}

export function compileGraph(graph: Graph): GraphProgram {
  const slotOf = new Map<string, number>([[graph.input, 0]]);
  for (const node of graph.nodes) slotOf.set(node.output, slotOf.size);
  const outputs = graph.outputs.map((name) => slotOf.get(name)!);

  const lastReader = new Map<number, GraphNode>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) lastReader.set(slotOf.get(name)!, node);
  }
  const steps = graph.nodes.map((node): Step => {
    const inputs = node.inputs.map((name) => slotOf.get(name)!);
    const lastUses = [...new Set(inputs)].filter(
      (slot) => lastReader.get(slot) === node && !outputs.includes(slot),
    );
    return { node, inputs, output: slotOf.get(node.output)!, lastUses };
  });
  return { steps, slots: slotOf.size, outputs };
}

/**
 * Carries out a program on an input, which it frees, and returns the tensors of its outputs.
 * Every other tensor that it makes is freed as soon as no step needs it, and all of them when a step fails.
 */
export function runProgram(
  program: GraphProgram,
  input: TfTensor,
  runNode: (node: GraphNode, inputs: readonly TfTensor[]) => TfTensor,
): TfTensor[] {
  const values: (TfTensor | undefined)[] = new Array(program.slots);
  values[0] = input;
  try {
    for (const { node, inputs, output, lastUses } of program.steps) {
      values[output] = runNode(
        node,
        inputs.map((slot) => values[slot]!),
      );
      for (const slot of lastUses) {
        values[slot]!.dispose();
        values[slot] = undefined;
      }
    }
    const results = program.outputs.map((slot) => values[slot]!);
    for (const slot of program.outputs) values[slot] = undefined;
    return results;
  } finally {
    for (const value of values) value?.dispose();
  }
}
