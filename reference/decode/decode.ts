import { float32Tensor, type Tensor } from '../tensor.ts';
import { anchorGrid, type FixedGrids, type InputSize } from './grid.ts';
import { headOutputShape } from './head-output.ts';

const fround = Math.fround;
const exp = Math.exp;

/** The arithmetic of whoever decodes: each operation's result is rounded by `round` on its way to memory. */
export interface DecodeArithmetic {
  /** To a value that float32 holds. */
  readonly round: (x: number) => number;
  readonly exp: (x: number) => number;
}

const FLOAT32: DecodeArithmetic = { round: fround, exp };

/*
 * The three ways a port of YOLOX decodes: `xy = (xy + grid) · stride`, `wh = exp(wh) · stride`, everything in float32
 * with one rounding for each operation, obj and cls untouched (YOLOX yolox/models/yolo_head.py `decode_outputs`).
 * They differ in what they do to memory and must agree to the bit. A width logit above 88.7 gives Infinity, as there.
 */

/**
 * Decodes by assigning slices of the tensor itself, the original form.
 * @param output raw head output `[batch, anchors, 5 + classes]`; **overwritten**: reg becomes cx, cy, w, h in pixels of
 *   the network input.
 * @returns `output`.
 * @throws RangeError when the shape does not belong to `inputSize`, or that is not a multiple of 32.
 */
export function decodeInPlace(output: Tensor, inputSize: InputSize): Tensor {
  const grid = anchorGrid(inputSize);
  const { batch, anchors, channels } = headOutputShape(output, grid);
  const { data } = output;
  for (let image = 0; image < batch; image++) {
    for (const { stride, rows, columns, start } of grid.levels) {
      let at = (image * anchors + start) * channels;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, at += channels) {
          data[at] = fround(data[at]! + column) * stride;
          data[at + 1] = fround(data[at + 1]! + row) * stride;
        }
      }
    }
  }
  for (let image = 0; image < batch; image++) {
    for (const { stride, count, start } of grid.levels) {
      let at = (image * anchors + start) * channels + 2;
      for (const end = at + count * channels; at < end; at += channels) {
        data[at] = fround(exp(data[at]!)) * stride;
        data[at + 1] = fround(exp(data[at + 1]!)) * stride;
      }
    }
  }
  return output;
}

/**
 * Decodes by two concatenations along the channels, `[xy, rest]` and then `[xy, exp(wh), rest]`: the form of a port to
 * a device whose slice assignment cannot be relied on. `output` is left as it was.
 * @param output raw head output `[batch, anchors, 5 + classes]`.
 * @param arithmetic float32 where absent.
 * @returns a new tensor of the same shape, boxes as cx, cy, w, h in pixels of the network input.
 * @throws RangeError when the shape does not belong to `inputSize`, or that is not a multiple of 32.
 */
export function decodeConcatenated(
  output: Tensor,
  inputSize: InputSize,
  { round, exp }: DecodeArithmetic = FLOAT32,
): Tensor {
  const grid = anchorGrid(inputSize);
  const { batch, anchors, channels } = headOutputShape(output, grid);
  const cells = batch * anchors;
  const centres = new Float32Array(cells * 2);
  const sizes = new Float32Array(cells * 2);
  for (let image = 0; image < batch; image++) {
    for (const { stride, columns, start, count } of grid.levels) {
      for (let cell = 0; cell < count; cell++) {
        const anchor = image * anchors + start + cell;
        const column = cell % columns;
        const row = (cell - column) / columns;
        const from = anchor * channels;
        centres[anchor * 2] = round(round(output.data[from]! + column) * stride);
        centres[anchor * 2 + 1] = round(round(output.data[from + 1]! + row) * stride);
        sizes[anchor * 2] = round(round(exp(output.data[from + 2]!)) * stride);
        sizes[anchor * 2 + 1] = round(round(exp(output.data[from + 3]!)) * stride);
      }
    }
  }
  const withCentres = concatenateChannels(centres, 2, output.data, channels, 2, cells);
  const front = concatenateChannels(centres, 2, sizes, 2, 0, cells);
  const data = concatenateChannels(front, 4, withCentres, channels, 4, cells);
  return float32Tensor(data, output.shape, 'NAC');
}

/** `[left, right[skip:]]` along the channels, for `cells` anchors. */
function concatenateChannels(
  left: Float32Array,
  leftChannels: number,
  right: Float32Array,
  rightChannels: number,
  skip: number,
  cells: number,
): Float32Array {
  const channels = leftChannels + rightChannels - skip;
  const joined = new Float32Array(cells * channels);
  for (let cell = 0; cell < cells; cell++) {
    joined.set(left.subarray(cell * leftChannels, (cell + 1) * leftChannels), cell * channels);
    joined.set(
      right.subarray(cell * rightChannels + skip, (cell + 1) * rightChannels),
      cell * channels + leftChannels,
    );
  }
  return joined;
}

/**
 * Decodes with grids and strides written out beforehand for one input size: the form of an exported model. The fast
 * one where outputs follow each other, since nothing but `into` is written.
 * @param output raw head output `[batch, anchors, 5 + classes]`.
 * @param grids of `fixedGrids`, shared by every image and call.
 * @param into array to write to; a new one when absent. May be `output.data`.
 * @param arithmetic float32 where absent.
 * @returns a tensor over `into`, boxes as cx, cy, w, h in pixels of the network input.
 * @throws RangeError when the shape does not belong to `grids`, or `into` is not as long as `output.data`.
 */
export function decodeFixedGrids(
  output: Tensor,
  grids: FixedGrids,
  into?: Float32Array,
  { round, exp }: DecodeArithmetic = FLOAT32,
): Tensor {
  const { batch, anchors, channels } = headOutputShape(output, grids.grid);
  const { x, y, stride } = grids;
  const raw = output.data;
  const decoded = into ?? new Float32Array(raw.length);
  if (decoded.length !== raw.length) {
    throw new RangeError(`cannot decode ${raw.length} values into an array of ${decoded.length}`);
  }
  if (decoded !== raw) decoded.set(raw);
  let at = 0;
  for (let image = 0; image < batch; image++) {
    for (let anchor = 0; anchor < anchors; anchor++, at += channels) {
      const pixels = stride[anchor]!;
      decoded[at] = round(round(decoded[at]! + x[anchor]!) * pixels);
      decoded[at + 1] = round(round(decoded[at + 1]! + y[anchor]!) * pixels);
      decoded[at + 2] = round(round(exp(decoded[at + 2]!)) * pixels);
      decoded[at + 3] = round(round(exp(decoded[at + 3]!)) * pixels);
    }
  }
  return float32Tensor(decoded, output.shape, 'NAC');
}
