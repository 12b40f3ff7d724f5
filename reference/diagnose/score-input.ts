import { BOX_CHANNELS } from '../decode/index.ts';

/**
 * How far two raw head outputs are apart on the same anchors: the mean over the anchors of
 * `Σ min(1, Δreg)² / 4 + Δobj² + min(1, Σ Δcls²)`. Capped, so that no anchor speaks for more than itself, and squared, so
 * that of two explanations the one wins that a normal error would make likelier.
 * @param a,b `[anchors, channels]`, obj and cls as probabilities.
 * @returns 0 … 3; NaN when a number is.
 */
export function outputDistance(a: Float32Array, b: Float32Array, channels: number): number {
  const anchors = a.length / channels;
  let sum = 0;
  for (let at = 0; at < a.length; at += channels) {
    let reg = 0;
    for (let c = 0; c < 4; c++) {
      const difference = a[at + c]! - b[at + c]!;
      const square = difference * difference;
      reg += Math.min(square, 1);
    }
    const objectness = a[at + 4]! - b[at + 4]!;
    let classes = 0;
    for (let c = BOX_CHANNELS; c < channels; c++) {
      const difference = a[at + c]! - b[at + c]!;
      classes += difference * difference;
    }
    sum += reg / 4 + objectness * objectness + Math.min(classes, 1);
  }
  return sum / anchors;
}
