/**
 * How the four numbers of a box are meant: `xyxy` two corners, `xywh` top-left corner and size (COCO), `cxcywh`
 * centre and size (the network).
 */
export type BoxFormat = 'xyxy' | 'xywh' | 'cxcywh';

const fround = Math.fround;

/**
 * Boxes from one format into another, in float32 with one rounding for each operation, as tensors of PyTorch do it
 * (YOLOX yolox/utils/boxes.py: the corners of `postprocess`, `xyxy2xywh`, `xyxy2cxcywh`).
 *
 * Width and height are differences: no `+1`. There is no clipping, and a box whose corners are swapped keeps its
 * negative size.
 * @param boxes flat, four numbers a box, any unit.
 * @param into where to write; a new array when absent. May be `boxes` itself.
 * @throws RangeError when `boxes` is not a whole number of boxes or `into` is not as long.
 */
export function convertBoxes(
  boxes: Float32Array,
  from: BoxFormat,
  to: BoxFormat,
  into: Float32Array = new Float32Array(boxes.length),
): Float32Array {
  if (boxes.length % 4 !== 0) {
    throw new RangeError(`cannot convert ${boxes.length} numbers as boxes: they are four for each box`);
  }
  if (into.length !== boxes.length) {
    throw new RangeError(`cannot convert ${boxes.length} box numbers into an array of ${into.length}`);
  }
  if (from === to) {
    if (into !== boxes) into.set(boxes);
    return into;
  }
  for (let at = 0; at < boxes.length; at += 4) {
    const a = boxes[at]!;
    const b = boxes[at + 1]!;
    const c = boxes[at + 2]!;
    const d = boxes[at + 3]!;
    let x1 = a;
    let y1 = b;
    let x2 = c;
    let y2 = d;
    if (from === 'cxcywh') {
      const halfWidth = fround(c / 2);
      const halfHeight = fround(d / 2);
      x1 = fround(a - halfWidth);
      y1 = fround(b - halfHeight);
      x2 = fround(a + halfWidth);
      y2 = fround(b + halfHeight);
    } else if (from === 'xywh') {
      x2 = fround(a + c);
      y2 = fround(b + d);
    }
    if (to === 'xyxy') {
      into[at] = x1;
      into[at + 1] = y1;
      into[at + 2] = x2;
      into[at + 3] = y2;
      continue;
    }
    // A size that is there already is passed on; taking it from the corners again would round it twice.
    const width = from === 'xyxy' ? fround(x2 - x1) : c;
    const height = from === 'xyxy' ? fround(y2 - y1) : d;
    into[at] = to === 'xywh' ? x1 : fround(x1 + fround(width * 0.5));
    into[at + 1] = to === 'xywh' ? y1 : fround(y1 + fround(height * 0.5));
    into[at + 2] = width;
    into[at + 3] = height;
  }
  return into;
}
