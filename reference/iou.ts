/**
 * Intersection over union of two xyxy boxes, in float64: 0 … 1.
 *
 * The geometric convention: width is `x2 − x1`, and boxes that only touch have IoU 0. Where the union is not
 * positive (both boxes empty) it is 0. NMS does not use this: its dialects fix the rounding of each step
 * (`postprocess/nms.ts`, `postprocess/demo-nms.ts`), and so does COCO evaluation.
 * @param a flat xyxy boxes, stride 4; `i` is the index of the box in it.
 * @param b flat xyxy boxes of the same unit; `j` is the index of the box in it.
 */
export function boxIou(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const p = i * 4;
  const q = j * 4;
  const width = Math.min(a[p + 2]!, b[q + 2]!) - Math.max(a[p]!, b[q]!);
  const height = Math.min(a[p + 3]!, b[q + 3]!) - Math.max(a[p + 1]!, b[q + 1]!);
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  const union =
    (a[p + 2]! - a[p]!) * (a[p + 3]! - a[p + 1]!) +
    (b[q + 2]! - b[q]!) * (b[q + 3]! - b[q + 1]!) -
    intersection;
  return union > 0 ? intersection / union : 0;
}
