import type { Detections, PixelSpace } from '../detections.ts';
import { boxIou } from '../iou.ts';

export interface DetectionDiffOptions {
  /** Least IoU of two boxes that count as the same object, above 0 … 1. */
  readonly matchIou: number;
  /** A matched box with less IoU than this has moved, `matchIou` … 1. */
  readonly movedIou: number;
}

export const DEFAULT_DETECTION_DIFF: DetectionDiffOptions = { matchIou: 0.5, movedIou: 0.9 };

/** A detection of the reference and the one of the other backend that took its place. */
export interface DetectionPair {
  /** Index in the reference's detections. */
  readonly reference: number;
  /** Index in the other's detections. */
  readonly actual: number;
  readonly iou: number;
  /** Distance of the centres, pixels. */
  readonly centreShift: number;
  /** Actual less reference, pixels. */
  readonly widthChange: number;
  readonly heightChange: number;
  /** Actual less reference. */
  readonly scoreDelta: number;
}

/**
 * What became of each detection of one image. Every detection of the reference is in exactly one of `kept`, `moved`,
 * `classChanged`, `lost`; every one of the other backend in exactly one of `kept`, `moved`, `classChanged`, `gained`.
 */
export interface DetectionDiff {
  readonly referenceCount: number;
  readonly actualCount: number;
  /** Same class, IoU at least `movedIou`. */
  readonly kept: readonly DetectionPair[];
  /** Same class, IoU from `matchIou` to below `movedIou`. */
  readonly moved: readonly DetectionPair[];
  /** Another class at the same place, IoU at least `matchIou`. */
  readonly classChanged: readonly DetectionPair[];
  /** Indices in the reference's detections. */
  readonly lost: readonly number[];
  /** Indices in the other's detections. */
  readonly gained: readonly number[];
}

/**
 * Pairs the detections of two backends on one image, both filtered at the same threshold.
 *
 * Greedy by IoU: of all pairs of one class with at least `matchIou`, the one with the greatest IoU is taken first (equal
 * IoU: lower index in the reference, then in the other), then the next among those left. Then the same again among
 * the detections left over, for pairs of different classes. IoU is geometric, without `+1`, in float64.
 * @param reference boxes in the same pixel space as `actual`.
 * @throws RangeError when the spaces differ, or the options are not 0 < matchIou <= movedIou <= 1.
 */
export function detectionDiff<Space extends PixelSpace>(
  reference: Detections<Space>,
  actual: Detections<Space>,
  options: DetectionDiffOptions = DEFAULT_DETECTION_DIFF,
): DetectionDiff {
  const { matchIou, movedIou } = options;
  if (!(matchIou > 0 && matchIou <= movedIou && movedIou <= 1)) {
    throw new RangeError(
      `cannot match detections with matchIou ${matchIou} and movedIou ${movedIou}: give 0 < matchIou <= movedIou <= 1`,
    );
  }
  if (reference.space !== actual.space) {
    throw new RangeError(
      `cannot compare boxes in ${reference.space} pixels with boxes in ${actual.space} pixels`,
    );
  }

  const sameClass: DetectionPair[] = [];
  const otherClass: DetectionPair[] = [];
  for (let i = 0; i < reference.count; i++) {
    for (let j = 0; j < actual.count; j++) {
      const iou = boxIou(reference.boxes, i, actual.boxes, j);
      if (iou < matchIou) continue;
      const list = reference.classIndices[i] === actual.classIndices[j] ? sameClass : otherClass;
      list.push(pairOf(reference, i, actual, j, iou));
    }
  }

  const pairedReference = new Set<number>();
  const pairedActual = new Set<number>();
  const take = (pairs: DetectionPair[]): DetectionPair[] => {
    pairs.sort((p, q) => q.iou - p.iou || p.reference - q.reference || p.actual - q.actual);
    const taken = pairs.filter((pair) => {
      if (pairedReference.has(pair.reference) || pairedActual.has(pair.actual)) return false;
      pairedReference.add(pair.reference);
      pairedActual.add(pair.actual);
      return true;
    });
    return taken.sort((p, q) => p.reference - q.reference);
  };
  const same = take(sameClass);
  const classChanged = take(otherClass);

  const unpaired = (count: number, paired: Set<number>): number[] =>
    Array.from({ length: count }, (_, i) => i).filter((i) => !paired.has(i));
  return {
    referenceCount: reference.count,
    actualCount: actual.count,
    kept: same.filter((pair) => pair.iou >= movedIou),
    moved: same.filter((pair) => pair.iou < movedIou),
    classChanged,
    lost: unpaired(reference.count, pairedReference),
    gained: unpaired(actual.count, pairedActual),
  };
}

function pairOf(reference: Detections, i: number, actual: Detections, j: number, iou: number): DetectionPair {
  const [x1, y1, x2, y2] = reference.boxes.subarray(i * 4, i * 4 + 4) as unknown as Corners;
  const [u1, v1, u2, v2] = actual.boxes.subarray(j * 4, j * 4 + 4) as unknown as Corners;
  return {
    reference: i,
    actual: j,
    iou,
    centreShift: Math.hypot((u1 + u2 - x1 - x2) / 2, (v1 + v2 - y1 - y2) / 2),
    widthChange: u2 - u1 - (x2 - x1),
    heightChange: v2 - v1 - (y2 - y1),
    scoreDelta: actual.scores[j]! - reference.scores[i]!,
  };
}

type Corners = [number, number, number, number];
