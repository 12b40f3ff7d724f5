import { requireNmsInput } from './nms.ts';
import { orderByScore } from './order-by-score.ts';

const fround = Math.fround;

/**
 * Suppression in the dialect of YOLOX's demo (yolox/utils/demo_utils.py `nms`, numpy): widths and heights have `+1`,
 * and a box stays where its IoU is `<=` the threshold, all in float32, the threshold too. The original leaves the
 * order of equal scores to numpy's sort; here the higher index comes first, as its reversed sort gives for short lists.
 * @param boxes xyxy, stride 4, finite, in pixels of the original image: the `+1` makes the unit matter.
 * @param scores one a box, without NaN.
 * @param iouThreshold 0 … 1.
 * @returns indices of the kept boxes in descending score.
 * @throws RangeError when the lengths do not fit each other or the threshold is not in 0 … 1.
 */
export function demoNms(boxes: Float32Array, scores: Float32Array, iouThreshold: number): Uint32Array {
  requireNmsInput(boxes, scores, iouThreshold);
  const count = scores.length;
  const threshold = fround(iouThreshold);
  const order = orderByScore(scores.toReversed()).map((index) => count - 1 - index);
  const suppressed = new Uint8Array(count);
  const kept = new Uint32Array(count);
  let keptCount = 0;
  const area = (at: number): number =>
    fround(
      fround(fround(boxes[at + 2]! - boxes[at]!) + 1) * fround(fround(boxes[at + 3]! - boxes[at + 1]!) + 1),
    );
  for (let rank = 0; rank < count; rank++) {
    if (suppressed[rank] === 1) continue;
    kept[keptCount++] = order[rank]!;
    const i = order[rank]! * 4;
    const areaOfI = area(i);
    for (let later = rank + 1; later < count; later++) {
      if (suppressed[later] === 1) continue;
      const j = order[later]! * 4;
      const right = Math.min(boxes[i + 2]!, boxes[j + 2]!);
      const left = Math.max(boxes[i]!, boxes[j]!);
      const bottom = Math.min(boxes[i + 3]!, boxes[j + 3]!);
      const top = Math.max(boxes[i + 1]!, boxes[j + 1]!);
      const width = Math.max(0, fround(fround(right - left) + 1));
      const height = Math.max(0, fround(fround(bottom - top) + 1));
      const intersection = fround(width * height);
      const iou = fround(intersection / fround(fround(areaOfI + area(j)) - intersection));
      // Written as in the original, so that the NaN of two empty boxes suppresses.
      if (!(iou <= threshold)) suppressed[later] = 1;
    }
  }
  return kept.slice(0, keptCount);
}

export interface DemoDetections {
  /** Index of each kept detection's box. */
  readonly boxIndices: Uint32Array;
  readonly scores: Float32Array;
  readonly classIndices: Uint16Array;
}

/**
 * The demo's score filter and suppression (yolox/utils/demo_utils.py `multiclass_nms`): a score must be `>` the
 * threshold in float32. Class-agnostic takes each box with its best class (the first of equals) and lets all boxes
 * suppress each other, by descending score; class-aware runs class after class, so that one box may come out under
 * several classes, ordered by class index and then descending score.
 * @param boxes xyxy, stride 4, finite, pixels of the original image.
 * @param scores `[boxes, classes]`: objectness · class confidence.
 * @param classes extent of the second axis of `scores`.
 * @throws RangeError when the lengths do not fit each other, or the IoU threshold is not in 0 … 1.
 */
export function demoMulticlassNms(
  boxes: Float32Array,
  scores: Float32Array,
  classes: number,
  options: { readonly conf: number; readonly nms: number; readonly classAgnostic?: boolean },
): DemoDetections {
  if (!(classes >= 1 && classes <= 0x10000) || boxes.length * classes !== scores.length * 4) {
    throw new RangeError(
      `cannot suppress boxes: ${scores.length} scores are not ${classes} classes for ${boxes.length / 4} boxes`,
    );
  }
  const { conf, nms, classAgnostic = true } = options;
  const threshold = fround(conf);
  const groups: [box: number, classIndex: number][][] = [];
  if (classAgnostic) {
    const best: [number, number][] = [];
    for (let box = 0; box * classes < scores.length; box++) {
      let greatest = 0;
      for (let c = 1; c < classes; c++) {
        if (scores[box * classes + c]! > scores[box * classes + greatest]!) greatest = c;
      }
      if (scores[box * classes + greatest]! > threshold) best.push([box, greatest]);
    }
    groups.push(best);
  } else {
    for (let c = 0; c < classes; c++) {
      const group: [number, number][] = [];
      for (let box = 0; box * classes < scores.length; box++) {
        if (scores[box * classes + c]! > threshold) group.push([box, c]);
      }
      groups.push(group);
    }
  }

  const chosen: [number, number][] = [];
  for (const group of groups) {
    const groupBoxes = new Float32Array(group.length * 4);
    for (const [i, [box]] of group.entries()) groupBoxes.set(boxes.subarray(box * 4, box * 4 + 4), i * 4);
    const groupScores = Float32Array.from(group, ([box, c]) => scores[box * classes + c]!);
    for (const i of demoNms(groupBoxes, groupScores, nms)) chosen.push(group[i]!);
  }
  return {
    boxIndices: Uint32Array.from(chosen, ([box]) => box),
    scores: Float32Array.from(chosen, ([box, c]) => scores[box * classes + c]!),
    classIndices: Uint16Array.from(chosen, ([, c]) => c),
  };
}
