import type { FindingEvidence } from './diagnosis.ts';
import { gatherRows } from './gather-rows.ts';
import type { InputDistance } from './image-evidence.ts';
import type { InputMistake } from './input-hypotheses.ts';
import type { OutputReading } from './reading.ts';
import { rereadRows } from './reread-output.ts';
import { informativeAnchors } from './sample-anchors.ts';
import type { ScoringContext } from './score-image.ts';
import { outputDistance } from './score-input.ts';
import { INPUT_RATIO, UNEXPLAINED_LEAST } from './thresholds.ts';

/** Few anchors a level: several outputs bring their own, and the surest tell a quantised network's noise best apart. */
const ANCHORS_PER_LEVEL = 32;

interface Distances {
  /** From the reference's output on the other input, and on the right one; sums over the images. */
  altered: number;
  right: number;
  images: number;
}

/**
 * How far one image's output is from the reference's on each of other inputs.
 * @param actual values of one image as the backend gave them, all finite.
 * @param reference raw head output on the right input.
 * @param others raw head outputs on other inputs.
 */
export function inputDistances(
  actual: Float32Array,
  reference: Float32Array,
  others: readonly (readonly [InputMistake, Float32Array])[],
  reading: OutputReading,
  { channels, grid, tables }: ScoringContext,
): InputDistance[] {
  // Anchors of every candidate, the right one too: chosen by one alone they would speak for it.
  const outputs = [reference, ...others.map(([, output]) => output)];
  const anchors = informativeAnchors(outputs, channels, grid, ANCHORS_PER_LEVEL);
  const own = rereadRows(actual, channels, anchors, reading, tables);
  const distanceFrom = (output: Float32Array): number =>
    outputDistance(own, gatherRows(output, channels, anchors, tables[0]!, 'anchor-major'), channels);
  const right = distanceFrom(reference);
  return others.map(([mistake, output]) => ({ mistake, altered: distanceFrom(output), right }));
}

/** Adds up how far outputs are from the reference's outputs on the right input and on others. */
export class InputEvidence {
  readonly #distances = new Map<InputMistake, Distances>();

  /** @param distances of one image. */
  add(distances: readonly InputDistance[]): void {
    for (const { mistake, altered, right } of distances) {
      const sums = this.#distances.get(mistake) ?? { altered: 0, right: 0, images: 0 };
      this.#distances.set(mistake, sums);
      sums.altered += altered;
      sums.right += right;
      sums.images++;
    }
  }

  /** The mistake whose input explains the outputs far better than the right one does; null where none does. */
  best(): { mistake: InputMistake; evidence: FindingEvidence } | null {
    let found: { mistake: InputMistake; evidence: FindingEvidence } | null = null;
    let least = INPUT_RATIO;
    for (const [mistake, { altered, right, images }] of this.#distances) {
      if (right <= UNEXPLAINED_LEAST * images || !(altered <= least * right)) continue;
      least = altered / right;
      const evidence: FindingEvidence = {
        measure: 'root mean square distance from the reference',
        unit: '',
        errorBefore: Math.sqrt(right / images),
        errorAfter: Math.sqrt(altered / images),
        images,
      };
      found = { mistake, evidence };
    }
    return found;
  }
}
