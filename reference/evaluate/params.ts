/**
 * The fixed parameters of COCO's evaluation of boxes (pycocotools `cocoeval.py`, `Params.setDetParams`).
 * They are constants, not options: another threshold or area range gives figures that are no longer COCO's.
 */

/** `count` points from `start` to `stop` with the rounding of `numpy.linspace`: `i · step + start`, the last exactly `stop`. */
function linspace(start: number, stop: number, count: number): Float64Array {
  const step = (stop - start) / (count - 1);
  const points = Float64Array.from({ length: count }, (_, i) => i * step + start);
  points[count - 1] = stop;
  return points;
}

/** 0.5 to 0.95 in ten steps. Holds 0.8999999999999999, which `0.5 + 0.05 · i` does not give. */
export const IOU_THRESHOLDS: Float64Array = linspace(0.5, 0.95, 10);

/** The 101 recall points at which precision is read: `i · 0.01`, which differs from `i / 100` at ten points. */
export const RECALL_THRESHOLDS: Float64Array = linspace(0, 1, 101);

/** How many of the best detections of an image and category are looked at. Matching is done once, with the largest. */
export const MAX_DETECTIONS = [1, 10, 100] as const;
export type MaxDetections = (typeof MAX_DETECTIONS)[number];

/** Square pixels. Both bounds belong to the range, so that an area of 32² is small and medium. */
export const AREA_RANGES = [
  { name: 'all', minimum: 0, maximum: 1e5 ** 2 },
  { name: 'small', minimum: 0, maximum: 32 ** 2 },
  { name: 'medium', minimum: 32 ** 2, maximum: 96 ** 2 },
  { name: 'large', minimum: 96 ** 2, maximum: 1e5 ** 2 },
] as const;
export type AreaName = (typeof AREA_RANGES)[number]['name'];

const MINIMA = Float64Array.from(AREA_RANGES, ({ minimum }) => minimum);
const MAXIMA = Float64Array.from(AREA_RANGES, ({ maximum }) => maximum);

/** Bit `a` is set when `area` lies outside of `AREA_RANGES[a]`. */
export function outsideAreaRanges(area: number): number {
  let bits = 0;
  for (let a = 0; a < MINIMA.length; a++) {
    if (area < MINIMA[a]! || area > MAXIMA[a]!) bits |= 1 << a;
  }
  return bits;
}

/** One bit for each of `IOU_THRESHOLDS`. */
export const ALL_THRESHOLDS: number = (1 << IOU_THRESHOLDS.length) - 1;
