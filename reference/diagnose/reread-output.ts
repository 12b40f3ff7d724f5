import { anchorGrid, headOutputShape, type InputSize } from '../decode/index.ts';
import { float32Tensor, type Tensor } from '../tensor.ts';
import { rawCentre, rawSize } from './box-forms.ts';
import { gatherRows } from './gather-rows.ts';
import { type OrderTable, orderTables, tableOf } from './level-orders.ts';
import type { OutputReading } from './reading.ts';
import { probabilityOf } from './sigmoid-form.ts';

/**
 * An output with everything undone that `reading` says of it.
 * @param output as the backend gave it, `[batch, anchors, 5 + classes]` by its shape.
 * @returns **raw** NAC `[batch, anchors, 5 + classes]` in YOLOX's order, obj and cls as probabilities: what `decode` and
 *   `postprocess` take; a new tensor. A size that no logarithm belongs to (not positive where it should be decoded)
 *   becomes −Infinity, which decodes to 0.
 * @throws RangeError when the shape does not belong to `inputSize`.
 */
export function rereadOutput(output: Tensor, reading: OutputReading, inputSize: InputSize): Tensor {
  const grid = anchorGrid(inputSize);
  const { batch, anchors, channels } = headOutputShape(output, grid);
  const tables = orderTables(grid);
  const everyAnchor = Int32Array.from({ length: anchors }, (_, anchor) => anchor);
  const perImage = anchors * channels;
  const data = new Float32Array(batch * perImage);
  for (let image = 0; image < batch; image++) {
    const from = output.data.subarray(image * perImage, (image + 1) * perImage);
    data.set(rereadRows(from, channels, everyAnchor, reading, tables), image * perImage);
  }
  return float32Tensor(data, [batch, anchors, channels], 'NAC');
}

/**
 * Rows of some anchors of one image with everything undone.
 * @param data values of the image as the backend gave them.
 * @param anchors indices of YOLOX's order.
 * @returns `[anchors.length, channels]`
 */
export function rereadRows(
  data: Float32Array,
  channels: number,
  anchors: Int32Array,
  reading: OutputReading,
  tables: readonly OrderTable[],
): Float32Array {
  const { layout, levelOrder, gridOrder, centres, sizes, objectness, classes } = reading;
  const own = tableOf(tables, levelOrder);
  const grids = tableOf(tables, gridOrder);
  const rows = gatherRows(data, channels, anchors, own, layout);
  for (let i = 0, at = 0; i < anchors.length; i++, at += channels) {
    const position = own.position[anchors[i]!]!;
    const stride = grids.stride[position]!;
    rows[at] = rawCentre(centres, rows[at]!, 0, grids, position);
    rows[at + 1] = rawCentre(centres, rows[at + 1]!, 1, grids, position);
    rows[at + 2] = orEmpty(rawSize(sizes, rows[at + 2]!, stride));
    rows[at + 3] = orEmpty(rawSize(sizes, rows[at + 3]!, stride));
    rows[at + 4] = probabilityOf(objectness, rows[at + 4]!);
    if (classes === 'once') continue;
    for (let c = at + 5; c < at + channels; c++) rows[c] = probabilityOf(classes, rows[c]!);
  }
  return rows;
}

const orEmpty = (logarithm: number): number =>
  Number.isNaN(logarithm) ? Number.NEGATIVE_INFINITY : logarithm;
