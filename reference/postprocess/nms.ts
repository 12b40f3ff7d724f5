import { orderByScore } from './order-by-score.ts';

const fround = Math.fround;

/**
 * Non-maximum suppression in torchvision's dialect (torchvision/csrc/ops/cpu/nms_kernel.cpp): boxes are taken by
 * descending score, equal scores by ascending index; a box goes when its IoU with a kept one is **greater** than the
 * threshold; widths have no `+1`; areas, intersection and IoU are float32 with one rounding for each operation, and
 * the threshold is compared in float64.
 * @param boxes xyxy, stride 4, finite.
 * @param scores one a box, without NaN.
 * @param iouThreshold 0 … 1.
 * @returns indices of the kept boxes in descending score; empty for no boxes.
 * @throws RangeError when the lengths do not fit each other or the threshold is not in 0 … 1.
 */
export function nms(boxes: Float32Array, scores: Float32Array, iouThreshold: number): Uint32Array {
  requireNmsInput(boxes, scores, iouThreshold);
  const order = orderByScore(scores);
  const sorted = new Float32Array(boxes.length);
  for (let rank = 0; rank < order.length; rank++) {
    const to = rank * 4;
    const from = order[rank]! * 4;
    sorted[to] = boxes[from]!;
    sorted[to + 1] = boxes[from + 1]!;
    sorted[to + 2] = boxes[from + 2]!;
    sorted[to + 3] = boxes[from + 3]!;
  }
  const suppressed = new Uint8Array(order.length);
  const areas = boxAreas(sorted);
  for (let rank = 0; rank < order.length; rank++) {
    if (suppressed[rank] === 0) {
      suppressOverlapping(sorted, areas, rank, rank + 1, order.length, iouThreshold, suppressed);
    }
  }
  return keptOf(order, suppressed);
}

/** The entries of `order` whose place is not suppressed. */
export function keptOf(order: Uint32Array, suppressed: Uint8Array): Uint32Array {
  let count = 0;
  const kept = new Uint32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) {
    if (suppressed[rank] === 0) kept[count++] = order[rank]!;
  }
  return kept.slice(0, count);
}

/** Width times height of each xyxy box, as float32; negative or zero for boxes without a surface. */
export function boxAreas(boxes: Float32Array): Float32Array {
  const areas = new Float32Array(boxes.length / 4);
  for (let i = 0, at = 0; i < areas.length; i++, at += 4) {
    areas[i] = fround(boxes[at + 2]! - boxes[at]!) * fround(boxes[at + 3]! - boxes[at + 1]!);
  }
  return areas;
}

/** Marks in `suppressed` which of the boxes `from` … `to − 1` overlap box `i` by more than the threshold. */
export function suppressOverlapping(
  boxes: Float32Array,
  areas: Float32Array,
  i: number,
  from: number,
  to: number,
  iouThreshold: number,
  suppressed: Uint8Array,
): void {
  const x1 = boxes[i * 4]!;
  const y1 = boxes[i * 4 + 1]!;
  const x2 = boxes[i * 4 + 2]!;
  const y2 = boxes[i * 4 + 3]!;
  const area = areas[i]!;
  for (let j = from, at = from * 4; j < to; j++, at += 4) {
    // Without an overlap the IoU is 0, or NaN where both boxes are empty: never above a threshold of 0 or more.
    const left = boxes[at]!;
    const right = boxes[at + 2]!;
    if (left >= x2 || right <= x1) continue;
    const top = boxes[at + 1]!;
    const bottom = boxes[at + 3]!;
    if (top >= y2 || bottom <= y1 || suppressed[j] === 1) continue;
    const width = fround(Math.min(right, x2) - Math.max(left, x1));
    const height = fround(Math.min(bottom, y2) - Math.max(top, y1));
    if (width <= 0 || height <= 0) continue;
    const intersection = fround(width * height);
    if (fround(intersection / fround(fround(area + areas[j]!) - intersection)) > iouThreshold) {
      suppressed[j] = 1;
    }
  }
}

/** @throws RangeError when the lengths do not fit each other or the threshold is not in 0 … 1. */
export function requireNmsInput(
  boxes: Float32Array,
  scores: Float32Array,
  iouThreshold: number,
  classIndices?: ArrayLike<number>,
): void {
  if (boxes.length !== scores.length * 4) {
    throw new RangeError(
      `cannot suppress boxes: ${boxes.length} coordinates do not belong to ${scores.length} scores, four for each`,
    );
  }
  if (classIndices && classIndices.length !== scores.length) {
    throw new RangeError(
      `cannot suppress boxes: ${classIndices.length} class indices do not belong to ${scores.length} scores`,
    );
  }
  if (!(iouThreshold >= 0 && iouThreshold <= 1)) {
    throw new RangeError(
      `cannot suppress boxes with an IoU threshold of ${iouThreshold}: give one from 0 to 1`,
    );
  }
}
