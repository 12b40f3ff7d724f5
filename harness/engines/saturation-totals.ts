import { type Graph, inferShapes } from '../../reference/network/index.ts';
import { elementCount } from '../../reference/tensor.ts';
import type { LayerSaturation } from './engine.ts';

/** Adds up, over the runs of a session, how many inputs of each quantised convolution were clamped, and of how many. */
export class SaturationTotals {
  readonly #graph: Graph;
  readonly #totals = new Map<string, { input: string; saturated: number; total: number }>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      if (node.op !== 'conv2d' || !node.quantization) continue;
      this.#totals.set(node.name, { input: node.inputs[0], saturated: 0, total: 0 });
    }
  }

  /** @param saturatedOf count of one run by layer name */
  addRun(inputShape: readonly number[], saturatedOf: (layer: string) => number): void {
    const shapes = inferShapes(this.#graph, inputShape);
    for (const [layer, counts] of this.#totals) {
      counts.saturated += saturatedOf(layer);
      counts.total += elementCount(shapes.get(counts.input)!);
    }
  }

  counts(): LayerSaturation[] {
    return [...this.#totals].map(([layer, { saturated, total }]) => ({ layer, saturated, total }));
  }
}
