import { type AnchorGrid, BOX_CHANNELS } from '../decode/index.ts';

/** A level's anchors that take part because the reference is most certain of an object there. */
export const INFORMATIVE_PER_LEVEL = 128;

/**
 * Anchors of one image on which outputs are compared: of each level those with the highest objectness in any of `rows`.
 * Of most anchors the network says nothing but "background": their boxes are noise, and a quantised network's noise is
 * another one. Every level takes part, since a stride or an order shows only between levels.
 * @param outputs values of one image each, `[anchors, channels]`, objectness in channel 4 (in any monotone form).
 * @returns anchor indices of YOLOX's order, ascending.
 */
export function informativeAnchors(
  outputs: readonly Float32Array[],
  channels: number,
  grid: AnchorGrid,
  perLevel: number = INFORMATIVE_PER_LEVEL,
): Int32Array {
  const chosen = new Set<number>();
  for (const output of outputs) {
    for (const { start, count } of grid.levels) addHighest(output, channels, start, count, perLevel, chosen);
  }
  return Int32Array.from(chosen).sort();
}

/** Adds the anchors of one level with the highest objectness; of equal ones the first. */
function addHighest(
  output: Float32Array,
  channels: number,
  start: number,
  count: number,
  wanted: number,
  into: Set<number>,
): void {
  const objectness = new Float32Array(count);
  for (let cell = 0; cell < count; cell++) {
    objectness[cell] = output[(start + cell) * channels + BOX_CHANNELS - 1]!;
  }
  const least = objectness.slice().sort()[Math.max(0, count - wanted)]!;
  let room = wanted;
  for (let cell = 0; cell < count; cell++) {
    if (objectness[cell]! > least) {
      into.add(start + cell);
      room--;
    }
  }
  for (let cell = 0; cell < count && room > 0; cell++) {
    if (objectness[cell] === least) {
      into.add(start + cell);
      room--;
    }
  }
}

/** About `count` anchors spread evenly over each level. */
export function spreadAnchors(grid: AnchorGrid, count: number): Int32Array {
  const chosen: number[] = [];
  for (const level of grid.levels) {
    const step = Math.max(1, Math.floor(level.count / count));
    for (let cell = 0; cell < level.count; cell += step) chosen.push(level.start + cell);
  }
  return Int32Array.from(chosen);
}
