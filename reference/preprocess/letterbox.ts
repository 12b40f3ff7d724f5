import { float32Tensor, type Tensor } from '../tensor.ts';
import { AxisTableCache } from './axis-table.ts';
import { type BgrImage, checkBgrImage, checkPixelSize, type PixelSize } from './bgr-image.ts';
import { RowResizer } from './row-resizer.ts';
import { simdRowResizer } from './simd-row-resizer.ts';

/** Grey level of the part of the network input that the picture does not cover. */
export const PAD_VALUE = 114;

/** Where a picture lands in the network input: the top-left `height` × `width` pixels of it. */
export interface LetterboxGeometry extends PixelSize {
  /** Input pixels per image pixel; a box in input pixels divided by it is the box in image pixels. */
  readonly letterboxRatio: number;
}

export interface LetterboxOptions {
  /**
   * Input of the weights published before YOLOX 0.1.1: RGB, divided by 255, less the ImageNet mean, divided by its
   * standard deviation. Otherwise BGR, 0–255. The wrong one of the two gives plausible nonsense. Default `false`.
   */
  readonly legacy?: boolean;
  /**
   * `simd`: WebAssembly where the platform has it, else as `plain`; `plain`: TypeScript alone. Their results are equal to
   * the byte. Default `simd`.
   */
  readonly execution?: 'simd' | 'plain';
}

export interface Letterboxed extends LetterboxGeometry {
  /** NCHW `[1, 3, H, W]`. */
  readonly pixels: Tensor;
}

/**
 * Ratio and size of the picture inside the network input: `min(H / h, W / w)`, new sides **truncated**.
 * Source: YOLOX `yolox/data/data_augment.py` `preproc`.
 *
 * @throws RangeError for a side that is not a positive integer, or a picture so narrow that a side becomes 0 pixels
 */
export function letterboxGeometry(image: PixelSize, size: PixelSize): LetterboxGeometry {
  checkPixelSize(image, 'picture');
  checkPixelSize(size, 'network input');
  const letterboxRatio = Math.min(size.height / image.height, size.width / image.width);
  const height = Math.trunc(image.height * letterboxRatio);
  const width = Math.trunc(image.width * letterboxRatio);
  if (height === 0 || width === 0) {
    throw new RangeError(
      `cannot letterbox a picture of ${image.width}×${image.height} pixels into ${size.width}×${size.height}: ` +
        `its shorter side would become 0 pixels; crop the picture or leave it out`,
    );
  }
  return { letterboxRatio, height, width };
}

/**
 * Turns pictures into network inputs of one size. Keeps its tables and row buffers, so that `into` allocates no pixels for
 * picture sizes it has met.
 */
export interface Letterbox {
  readonly size: PixelSize;
  readonly legacy: boolean;
  /** Number of float32 values of one input: 3 · H · W. */
  readonly valuesPerImage: number;
  /**
   * Writes the CHW input of `image` into `out`, from `offset` on; all 3 · H · W values are written, padding too.
   * @throws RangeError when the picture cannot be letterboxed or does not fit into `out`
   */
  into(image: BgrImage, out: Float32Array, offset?: number): LetterboxGeometry;
  /** As `into`, with an array of its own. */
  apply(image: BgrImage): Letterboxed;
}

/**
 * The letterbox of YOLOX `yolox/data/data_augment.py` `ValTransform`, equal to the byte to what it gives on OpenCV (build
 * without IPP): resized by `letterboxGeometry`, put into the top-left corner, the rest filled with `PAD_VALUE`.
 *
 * @throws RangeError for a side of `size` that is not a positive integer
 */
export function createLetterbox(size: PixelSize, options: LetterboxOptions = {}): Letterbox {
  checkPixelSize(size, 'network input');
  const { height, width } = size;
  const legacy = options.legacy ?? false;
  const valuesPerImage = 3 * height * width;
  const tables = new AxisTableCache();
  const resizer = new RowResizer(tables);
  const simd = options.execution === 'plain' ? undefined : simdRowResizer();
  const [blue, green, red] = channelValues(legacy);
  // RGB or BGR: the green plane is in the middle either way.
  const plane = height * width;
  const bluePlane = legacy ? 2 * plane : 0;
  const redPlane = legacy ? 0 : 2 * plane;

  function into(image: BgrImage, out: Float32Array, offset = 0): LetterboxGeometry {
    checkBgrImage(image);
    if (!(Number.isSafeInteger(offset) && offset >= 0 && offset + valuesPerImage <= out.length)) {
      throw new RangeError(
        `cannot write the ${valuesPerImage} values of a ${width}×${height} input at offset ${offset} of ` +
          `an array of ${out.length}`,
      );
    }
    const geometry = letterboxGeometry(image, size);
    const { height: rows, width: columns } = geometry;
    let b = offset + bluePlane;
    let g = offset + plane;
    let r = offset + redPlane;
    if (simd) simd.start(image, geometry, tables);
    else resizer.start(image, geometry);
    for (let y = 0; y < rows; y++) {
      if (simd) {
        const [blueRow, greenRow, redRow] = simd.row(y);
        if (legacy) {
          lookUp(blueRow, blue, out, b);
          lookUp(greenRow, green, out, g);
          lookUp(redRow, red, out, r);
        } else {
          out.set(blueRow, b);
          out.set(greenRow, g);
          out.set(redRow, r);
        }
      } else {
        unpackRow(resizer.row(y), blue, green, red, out, b, g, r);
      }
      if (columns < width) {
        out.fill(blue[PAD_VALUE], b + columns, b + width);
        out.fill(green[PAD_VALUE], g + columns, g + width);
        out.fill(red[PAD_VALUE], r + columns, r + width);
      }
      b += width;
      g += width;
      r += width;
    }
    const rest = plane - rows * width;
    out.fill(blue[PAD_VALUE], b, b + rest);
    out.fill(green[PAD_VALUE], g, g + rest);
    out.fill(red[PAD_VALUE], r, r + rest);
    return geometry;
  }

  function apply(image: BgrImage): Letterboxed {
    const data = new Float32Array(valuesPerImage);
    const geometry = into(image, data);
    return { ...geometry, pixels: float32Tensor(data, [1, 3, height, width], 'NCHW') };
  }

  return { size: { height, width }, legacy, valuesPerImage, into, apply };
}

/** One picture, one input. A caller with many pictures keeps a `createLetterbox`. */
export function letterbox(image: BgrImage, size: PixelSize, options?: LetterboxOptions): Letterboxed {
  return createLetterbox(size, options).apply(image);
}

/** Splits an interleaved BGR row into three planes that begin at `b`, `g` and `r`, each byte replaced by its value. */
function unpackRow(
  row: Uint8Array,
  blue: Float32Array,
  green: Float32Array,
  red: Float32Array,
  out: Float32Array,
  b: number,
  g: number,
  r: number,
): void {
  const samples = row.length;
  for (let i = 0, x = 0; i < samples; i += 3, x++) {
    out[b + x] = blue[row[i]];
    out[g + x] = green[row[i + 1]];
    out[r + x] = red[row[i + 2]];
  }
}

/** Writes the value of each grey level of `row` into `out`, from `at` on. */
function lookUp(row: Float32Array, values: Float32Array, out: Float32Array, at: number): void {
  const width = row.length;
  for (let x = 0; x < width; x++) out[at + x] = values[row[x]];
}

/** Network input value of each grey level, for blue, green and red. */
function channelValues(legacy: boolean): [blue: Float32Array, green: Float32Array, red: Float32Array] {
  if (!legacy) {
    const plain = Float32Array.from({ length: 256 }, (_, level) => level);
    return [plain, plain, plain];
  }
  return [legacyValues(0.406, 0.225), legacyValues(0.456, 0.224), legacyValues(0.485, 0.229)];
}

/** numpy's in-place arithmetic: a float32 quotient, then mean and deviation in float64, stored as float32 after each. */
function legacyValues(mean: number, deviation: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, level) =>
    Math.fround(Math.fround(Math.fround(level / 255) - mean) / deviation),
  );
}
