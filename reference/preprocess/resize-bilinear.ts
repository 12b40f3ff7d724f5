import { AxisTableCache } from './axis-table.ts';
import { type BgrImage, checkBgrImage, checkPixelSize, type PixelSize } from './bgr-image.ts';
import { RowResizer } from './row-resizer.ts';

/**
 * Resizes a picture as OpenCV's `resize(..., INTER_LINEAR)` does on uint8, equal to the byte (build without IPP).
 *
 * Fixed point throughout, see `RowResizer`.
 *
 * @param tables keeps the position tables between calls; a fresh one when left out
 * @returns a new picture of `size`; the same bytes when the size does not change
 * @throws RangeError for a side that is not a positive integer, or a picture whose bytes do not match its size
 */
export function resizeBilinear(image: BgrImage, size: PixelSize, tables = new AxisTableCache()): BgrImage {
  checkBgrImage(image);
  checkPixelSize(size, 'resized picture');
  const { height, width } = size;
  const data = new Uint8Array(height * width * 3);
  const resizer = new RowResizer(tables);
  resizer.start(image, size);
  for (let y = 0; y < height; y++) data.set(resizer.row(y), y * width * 3);
  return { height, width, data };
}
