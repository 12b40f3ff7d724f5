import type { Card } from './cards.ts';
import type { LayerWork } from './layer-work.ts';

export interface FloorOptions {
  /** Cores of the card that one inference uses. */
  readonly cores: number;
  readonly batch: number;
  /** Of the integers that convolutions run on. */
  readonly bits: 8 | 16;
}

/**
 * The least time in ms that the card's arithmetic leaves a network of this work: every multiply–add of the convolutions at the peak of the
 * matrix unit, or the depthwise ones at that of the vector unit in float16, whichever is longer, since the two may work side
 * by side. Memory, launches and synchronisation come on top.
 * @throws RangeError for cores that the card does not have, or a batch that is not a positive integer.
 */
export function computeFloorMs(
  work: readonly LayerWork[],
  card: Card,
  { cores, batch, bits }: FloorOptions,
): number {
  checkOptions(card, cores, batch);
  const total = (part: 'matrixMultiplyAdds' | 'depthwiseOps'): number =>
    work.reduce((sum, layer) => sum + layer[part], 0);
  const cyclesPerMs = card.gigahertz * 1e6 * cores;
  const matrix = (2 * total('matrixMultiplyAdds')) / card.matrixOpsPerCycle[bits === 8 ? 'int8' : 'int16'];
  const vector = total('depthwiseOps') / card.vectorOpsPerCycle.float16;
  return (batch * Math.max(matrix, vector)) / cyclesPerMs;
}

/**
 * What is wrong with a latency that is said to be of a card and lies below its compute floor: it was not measured rightly.
 * @returns null for one that is possible.
 */
export function belowFloor(latencyMs: number, floorMs: number): string | null {
  if (latencyMs >= floorMs) return null;
  return (
    `${latencyMs.toPrecision(3)} ms is below the ${floorMs.toPrecision(3)} ms that the arithmetic alone takes at the card's peak: ` +
    'the measurement is wrong; look for a missing synchronisation before the clock was read'
  );
}

export function checkOptions(card: Card, cores: number, batch: number): void {
  if (!Number.isInteger(cores) || cores < 1 || cores > card.cores) {
    throw new RangeError(
      `cannot model ${cores} cores of the ${card.name}: give a whole number from 1 to ${card.cores}`,
    );
  }
  if (!Number.isInteger(batch) || batch < 1) {
    throw new RangeError(`cannot model a batch of ${batch}: give a positive whole number`);
  }
}
