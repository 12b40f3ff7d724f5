import type { Graph } from '../../../reference/network/index.ts';
import type { ValueRange } from '../../../reference/quantize/index.ts';
import type { LayerSaturation } from '../engine.ts';
import { SaturationTotals } from '../saturation-totals.ts';
import type { OnnxGraph } from './graph-to-onnx.ts';

/** The outputs of a model beside those of its graph: counts of clamped inputs, which add up, and ranges of the last run. */
export class ScalarOutputs {
  readonly #model: Pick<OnnxGraph, 'saturation' | 'ranges'>;
  readonly #totals: SaturationTotals | undefined;
  readonly #ranges = new Map<string, ValueRange>();

  constructor(graph: Graph, model: Pick<OnnxGraph, 'saturation' | 'ranges'>) {
    this.#model = model;
    this.#totals = model.saturation.size > 0 ? new SaturationTotals(graph) : undefined;
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
    this.#totals?.addRun(inputShape, (layer) => scalar(saturation.get(layer)!));
  }

  saturation(): LayerSaturation[] {
    return this.#totals?.counts() ?? [];
  }

  ranges(): ReadonlyMap<string, ValueRange> {
    return new Map(this.#ranges);
  }
}
