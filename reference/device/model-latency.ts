import type { Card } from './cards.ts';
import { checkOptions, computeFloorMs, type FloorOptions } from './compute-floor.ts';
import type { LayerWork } from './layer-work.ts';
import { type Synchronisation, synchronisationMs } from './synchronisation.ts';

export interface ModelOptions extends FloorOptions {
  /** Bytes of an activation in the card's memory: 4 for float32, 2 for float16, which is also what the vector unit computes in. */
  readonly activationBytes: 2 | 4;
  readonly synchronisation: Synchronisation;
  /** Inferences under way at the same time, each on `cores` of its own, which share the card's memory; 1 where absent. */
  readonly contexts?: number;
}

/** A latency computed from a formula, and what it is made of: times in ms. */
export interface ModelledLatency {
  readonly milliseconds: number;
  /** Of `computeFloorMs`. */
  readonly floorMs: number;
  /** Sum over the layers of the larger of computation and memory; the rest of `milliseconds` is synchronisation. */
  readonly layersMs: number;
  readonly synchronisationMs: number;
  readonly launches: number;
  readonly layers: number;
  /** Layers that wait for memory rather than for arithmetic, and the time of those. */
  readonly memoryBoundLayers: number;
  readonly memoryBoundMs: number;
}

/**
 * What a network would take on a card, layer by layer: the larger of its time on the matrix unit, on the vector unit and in
 * memory (the roofline of Williams, Waterman and Patterson, 2009), and then what launching and synchronising costs. A batch
 * multiplies everything but the weights' traffic and the launches.
 *
 * Optimistic in all it leaves out: cores share the work of each layer evenly, every unit reaches its peak, weights pass the
 * memory once, and within a layer the units and the memory do not wait for each other. Pessimistic in one thing: no
 * activation stays on the chip from one layer to the next.
 * @returns the time of one inference; with contexts, while all of them are at work.
 * @throws RangeError for cores that the card does not have, alone or over all contexts, or a batch that is not a positive integer.
 */
export function modelLatency(work: readonly LayerWork[], card: Card, options: ModelOptions): ModelledLatency {
  const { cores, batch, bits, activationBytes, synchronisation, contexts = 1 } = options;
  checkOptions(card, cores, batch);
  if (!(Number.isInteger(contexts) && contexts >= 1 && contexts * cores <= card.cores)) {
    throw new RangeError(
      `cannot model ${contexts} contexts of ${cores} cores on the ${card.name}, which has ${card.cores}: give 1 to ${Math.floor(card.cores / cores)}`,
    );
  }
  const cyclesPerMs = card.gigahertz * 1e6 * cores;
  const matrixPerMs = card.matrixOpsPerCycle[bits === 8 ? 'int8' : 'int16'] * cyclesPerMs;
  const vectorPerMs = card.vectorOpsPerCycle[activationBytes === 2 ? 'float16' : 'float32'] * cyclesPerMs;
  const bytesPerMs = (card.gigabytesPerSecond * 1e6) / contexts;
  let [layersMs, memoryBoundLayers, memoryBoundMs, launches] = [0, 0, 0, 0];
  for (const layer of work) {
    const computeMs =
      batch * Math.max((2 * layer.matrixMultiplyAdds) / matrixPerMs, layer.vectorOps / vectorPerMs);
    const weightBytes = layer.integerWeights * (bits / 8) + layer.floatWeights * activationBytes;
    const memoryMs = (weightBytes + batch * layer.activations * activationBytes) / bytesPerMs;
    layersMs += Math.max(computeMs, memoryMs);
    launches += layer.launches;
    if (memoryMs > computeMs) {
      memoryBoundLayers++;
      memoryBoundMs += memoryMs;
    }
  }
  const waiting = synchronisationMs(synchronisation, launches, cores);
  return {
    milliseconds: layersMs + waiting,
    floorMs: computeFloorMs(work, card, options),
    layersMs,
    synchronisationMs: waiting,
    launches,
    layers: work.length,
    memoryBoundLayers,
    memoryBoundMs,
  };
}
