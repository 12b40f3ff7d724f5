import type { AxisTable, AxisTableCache } from './axis-table.ts';
import type { BgrImage, PixelSize } from './bgr-image.ts';

const NO_ROW = -1;
const EMPTY = new Uint8Array(0);

/**
 * The core of the resize: hands out one interleaved BGR row of the result at a time, so that the caller can convert it
 * while it is in the nearest cache. Rows must be asked for in ascending order for the reuse of horizontal passes to pay;
 * any order is correct.
 *
 * Follows OpenCV `modules/imgproc/src/resize.cpp`: `HResizeLinear` and `VResizeLinear` with `FixedPtCast` for uint8
 * (`VResizeLinear<uchar, int, short, …>`). For an exact halving `cv::hal::resize` puts `ResizeAreaFast`, the mean of four
 * pixels, in place of `INTER_LINEAR`: with four weights of one half the fixed point gives that mean, halves up, as it is,
 * and an unchanged size gives the source.
 */
export class RowResizer {
  readonly #tables: AxisTableCache;
  #source: Uint8Array = EMPTY;
  #sourceWidth = 0;
  #columns: AxisTable | undefined;
  #rows: AxisTable | undefined;
  #out = EMPTY;
  /** Horizontally resized source rows, already shifted right by 4 as the vertical pass takes them. */
  #above = new Int32Array(0);
  #below = new Int32Array(0);
  #aboveRow = NO_ROW;
  #belowRow = NO_ROW;

  constructor(tables: AxisTableCache) {
    this.#tables = tables;
  }

  /** Begins a new picture. Sizes must have been checked: positive integers, `image.data` of the right length. */
  start(image: BgrImage, size: PixelSize): void {
    this.#source = image.data;
    this.#sourceWidth = image.width;
    this.#aboveRow = NO_ROW;
    this.#belowRow = NO_ROW;
    const samples = size.width * 3;
    if (this.#out.length !== samples) {
      this.#out = new Uint8Array(samples);
      this.#above = new Int32Array(samples);
      this.#below = new Int32Array(samples);
    }
    this.#columns = this.#tables.get(image.width, size.width, 'drop-fraction');
    this.#rows = this.#tables.get(image.height, size.height, 'clip-position');
  }

  /** Row `y` of the result, interleaved BGR, width · 3 bytes. The array is reused by the next call. */
  row(y: number): Uint8Array {
    const columns = this.#columns!;
    const rows = this.#rows!;
    const upper = rows.lower[y];
    const lower = rows.upper[y];
    if (this.#aboveRow !== upper) {
      if (this.#belowRow === upper) {
        const spare = this.#above;
        this.#above = this.#below;
        this.#below = spare;
        this.#belowRow = NO_ROW;
      } else {
        horizontalPass(this.#source, upper * this.#sourceWidth * 3, columns, this.#above);
      }
      this.#aboveRow = upper;
    }
    let below = this.#below;
    if (lower === upper) {
      below = this.#above;
    } else if (this.#belowRow !== lower) {
      horizontalPass(this.#source, lower * this.#sourceWidth * 3, columns, below);
      this.#belowRow = lower;
    }
    verticalPass(this.#above, rows.lowerWeight[y], below, rows.upperWeight[y], this.#out);
    return this.#out;
  }
}

/** `(lower · weight + upper · weight) >> 4` per channel; at most 255 · 2048 / 16, so the product below fits 32 bits. */
function horizontalPass(source: Uint8Array, start: number, columns: AxisTable, out: Int32Array): void {
  const { lower, upper, lowerWeight, upperWeight } = columns;
  const width = lower.length;
  for (let x = 0, o = 0; x < width; x++, o += 3) {
    const a = start + lower[x] * 3;
    const b = start + upper[x] * 3;
    const wa = lowerWeight[x];
    const wb = upperWeight[x];
    out[o] = (source[a] * wa + source[b] * wb) >> 4;
    out[o + 1] = (source[a + 1] * wa + source[b + 1] * wb) >> 4;
    out[o + 2] = (source[a + 2] * wa + source[b + 2] * wb) >> 4;
  }
}

/** Each product is truncated to 2 fractional bits by itself before the sum is rounded. */
function verticalPass(above: Int32Array, wa: number, below: Int32Array, wb: number, out: Uint8Array): void {
  const samples = out.length;
  for (let i = 0; i < samples; i++) {
    out[i] = ((Math.imul(above[i], wa) >> 16) + (Math.imul(below[i], wb) >> 16) + 2) >> 2;
  }
}
