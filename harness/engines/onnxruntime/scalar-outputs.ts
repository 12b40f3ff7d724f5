import type { Graph } from '../../../reference/network/graph.ts';
import { inferShapes } from '../../../reference/network/infer-shapes.ts';
import type { ValueRange } from '../../../reference/quantize/calibrate.ts';
import { elementCount } from '../../../reference/tensor.ts';
import type { LayerSaturation } from '../engine.ts';
import type { OnnxGraph } from './graph-to-onnx.ts';

/** The outputs of a model beside those of its graph: counts of clamped inputs, which add up, and ranges of the last run. */
export class ScalarOutputs {
  readonly #graph: Graph;
  readonly #model: Pick<OnnxGraph, 'saturation' | 'ranges'>;
  readonly #saturated = new Map<string, { saturated: number; total: number }>();
  readonly #ranges = new Map<string, ValueRange>();

  constructor(graph: Graph, model: Pick<OnnxGraph, 'saturation' | 'ranges'>) {
    this.#graph = graph;
    this.#model = model;
    for (const layer of model.saturation.keys()) this.#saturated.set(layer, { saturated: 0, total: 0 });
  }

  /** What to ask ONNX Runtime for, which is to make room for it. */
  fetches(): Record<string, null> {
    const { saturation, ranges } = this.#model;
    const names = [...saturation.values(), ...[...ranges.values()].flatMap(({ min, max }) => [min, max])];
    return Object.fromEntries(names.map((name) => [name, null]));
  }

  collect(
    results: Readonly<Record<string, { readonly data: unknown }>>,
    inputShape: readonly number[],
  ): void {
    const scalar = (name: string): number => Number((results[name].data as ArrayLike<number>)[0]);
    const { saturation, ranges } = this.#model;
    for (const [value, { min, max }] of ranges)
      this.#ranges.set(value, { min: scalar(min), max: scalar(max) });
    if (saturation.size === 0) return;
    const shapes = inferShapes(this.#graph, inputShape);
    for (const node of this.#graph.nodes) {
      const output = saturation.get(node.name);
      if (output === undefined) continue;
      const counts = this.#saturated.get(node.name)!;
      counts.saturated += scalar(output);
      counts.total += elementCount(shapes.get(node.inputs[0])!);
    }
  }

  saturation(): LayerSaturation[] {
    return [...this.#saturated].map(([layer, counts]) => ({ layer, ...counts }));
  }

  ranges(): ReadonlyMap<string, ValueRange> {
    return new Map(this.#ranges);
  }
}
