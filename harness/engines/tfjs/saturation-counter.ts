import type * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../../../reference/network/index.ts';
import type { LayerSaturation } from '../engine.ts';
import { SaturationTotals } from '../saturation-totals.ts';
import type { SaturationSink } from './run-node.ts';

/** Gathers the counts of clamped inputs while a program runs and brings them over once it has. */
export class SaturationCounter {
  readonly #totals: SaturationTotals;
  readonly #scalars = new Map<string, tf.Tensor>();

  constructor(graph: Graph) {
    this.#totals = new SaturationTotals(graph);
  }

  /** Counts that a run before left behind when it failed are dropped. */
  startRun(): SaturationSink {
    this.#drop();
    return (layer, count) => this.#scalars.set(layer, count);
  }

  async finishRun(inputShape: readonly number[]): Promise<void> {
    const counts = new Map<string, number>();
    for (const [layer, scalar] of this.#scalars) counts.set(layer, (await scalar.data())[0]);
    this.#totals.addRun(inputShape, (layer) => counts.get(layer)!);
    this.#drop();
  }

  counts(): LayerSaturation[] {
    return this.#totals.counts();
  }

  #drop(): void {
    for (const scalar of this.#scalars.values()) scalar.dispose();
    this.#scalars.clear();
  }
}
