import type { OrderTable } from './level-orders.ts';
import type { MemoryLayout } from './reading.ts';

/**
 * Rows of some anchors of one image, read as if the output lay in memory in the given way.
 * @param data values of the image, `anchors · channels` of them.
 * @param anchors indices of YOLOX's order.
 * @returns `[anchors.length, channels]`.
 */
export function gatherRows(
  data: Float32Array,
  channels: number,
  anchors: Int32Array,
  table: OrderTable,
  layout: MemoryLayout,
): Float32Array {
  const rows = new Float32Array(anchors.length * channels);
  for (let i = 0; i < anchors.length; i++)
    copyRow(data, channels, anchors[i]!, table, layout, rows, i * channels);
  return rows;
}

/** Writes the row of one anchor into `into`, from `at` on. */
export function copyRow(
  data: Float32Array,
  channels: number,
  anchor: number,
  table: OrderTable,
  layout: MemoryLayout,
  into: Float32Array,
  at: number,
): void {
  const position = table.position[anchor]!;
  if (layout === 'anchor-major') {
    into.set(data.subarray(position * channels, (position + 1) * channels), at);
    return;
  }
  const total = table.position.length;
  for (let channel = 0, from = position; channel < channels; channel++, from += total) {
    into[at + channel] = data[from]!;
  }
}
