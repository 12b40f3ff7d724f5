import type { Detections } from '../detections.ts';
import { boxIou } from '../iou.ts';

/** One object of an image, as annotated. */
export interface AnnotatedObject {
  readonly classIndex: number;
  /** xyxy, pixels of the image. */
  readonly box: Float32Array;
  /** A region of many objects: what lies in it is neither right nor wrong. */
  readonly crowd: boolean;
}

export type DetectionFate = 'hit' | 'false-alarm' | 'in-crowd';

export interface GroundTruthHits {
  /** By detection. */
  readonly fates: readonly DetectionFate[];
  /** Indices of the objects that no detection found; crowds are never missed. */
  readonly missed: readonly number[];
}

/**
 * Which detections of one image are right at one IoU threshold, for looking at pictures; AP comes from `evaluate`. The
 * detections take their objects in the order of their scores, each the free object of its class with the greatest
 * IoU of at least `leastIou`; one that finds none but lies in a crowd of its class by at least `leastIou` of its own
 * area is left out of the count.
 * @param detections in descending score, pixels of the image.
 * @throws RangeError when `leastIou` is not above 0 and at most 1.
 */
export function groundTruthHits(
  detections: Detections<'image'>,
  objects: readonly AnnotatedObject[],
  leastIou = 0.5,
): GroundTruthHits {
  if (!(leastIou > 0 && leastIou <= 1))
    throw new RangeError(`cannot match at IoU ${leastIou}: give 0 < IoU <= 1`);
  const taken = new Set<number>();
  const fates = Array.from({ length: detections.count }, (_, i): DetectionFate => {
    let best = -1;
    let bestIou = leastIou;
    let inCrowd = false;
    objects.forEach(({ classIndex, box, crowd }, o) => {
      if (classIndex !== detections.classIndices[i]) return;
      if (crowd) inCrowd ||= shareInside(detections.boxes, i, box) >= leastIou;
      else if (!taken.has(o)) {
        const iou = boxIou(detections.boxes, i, box, 0);
        if (iou >= bestIou && (best < 0 || iou > bestIou)) {
          best = o;
          bestIou = iou;
        }
      }
    });
    if (best < 0) return inCrowd ? 'in-crowd' : 'false-alarm';
    taken.add(best);
    return 'hit';
  });
  const missed = objects.flatMap(({ crowd }, o) => (crowd || taken.has(o) ? [] : [o]));
  return { fates, missed };
}

/** Part of box `i` that lies inside `region`. */
function shareInside(boxes: Float32Array, i: number, region: Float32Array): number {
  const [x1, y1, x2, y2] = boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
  const width = Math.min(x2, region[2]!) - Math.max(x1, region[0]!);
  const height = Math.min(y2, region[3]!) - Math.max(y1, region[1]!);
  const area = (x2 - x1) * (y2 - y1);
  return width > 0 && height > 0 && area > 0 ? (width * height) / area : 0;
}
