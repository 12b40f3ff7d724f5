import { convertBoxes } from '../boxes.ts';
import type { AnchorGrid } from '../decode/index.ts';

const fround = Math.fround;
const exp = Math.exp;

/**
 * Corners of the given anchors only: the same float32 steps as decoding the whole output and turning it into xyxy, so
 * the same bits, without the work for anchors that the score filter has dropped.
 * @param data `[anchors, channels]` of one image from `offset` on.
 * @param anchors ascending.
 * @param decoded whether reg already is cx, cy, w, h in pixels of the network input.
 * @returns xyxy, stride 4, pixels of the network input.
 * @throws RangeError naming the anchor where a box is not finite, which a width logit above 88.7 makes.
 */
export function candidateBoxes(
  data: Float32Array,
  offset: number,
  channels: number,
  anchors: Uint32Array,
  grid: AnchorGrid,
  decoded: boolean,
): Float32Array {
  const boxes = new Float32Array(anchors.length * 4);
  let level = grid.levels[0]!;
  let levelIndex = 0;
  for (let i = 0, to = 0; i < anchors.length; i++, to += 4) {
    const anchor = anchors[i]!;
    const from = offset + anchor * channels;
    if (decoded) {
      for (let k = 0; k < 4; k++) boxes[to + k] = data[from + k]!;
      continue;
    }
    while (anchor >= level.start + level.count) level = grid.levels[++levelIndex]!;
    const cell = anchor - level.start;
    const column = cell % level.columns;
    const row = (cell - column) / level.columns;
    boxes[to] = fround(data[from]! + column) * level.stride;
    boxes[to + 1] = fround(data[from + 1]! + row) * level.stride;
    boxes[to + 2] = fround(exp(data[from + 2]!)) * level.stride;
    boxes[to + 3] = fround(exp(data[from + 3]!)) * level.stride;
  }
  convertBoxes(boxes, 'cxcywh', 'xyxy', boxes);
  for (let at = 0; at < boxes.length; at++) {
    if (!Number.isFinite(boxes[at]!)) {
      throw new RangeError(
        `cannot decode the box of anchor ${anchors[at >> 2]}, which becomes ${boxes[at]}: its width or height logit is too large`,
      );
    }
  }
  return boxes;
}
