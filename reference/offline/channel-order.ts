/**
 * In which order the output channels of a layer stand in an offline model: as in the weight; dealt out over 64 rows, as
 * above 64 channels; or neither that can be seen.
 */
export type ChannelOrder = 'in-order' | 'interleaved' | 'unknown';

const ROWS = 64;

/**
 * The order in which channels were found, from their positions in the file (−1: not found). Interleaved means that channel
 * `c` is row `(c mod 64) · (n / 64) + floor(c / 64)` of `n`. Fewer than two channels have no order.
 */
export function channelOrder(positions: Float64Array): ChannelOrder {
  const channels = [...positions.keys()].filter((channel) => positions[channel] >= 0);
  if (channels.length < 2) return 'unknown';
  if (rises(channels.map((channel) => [channel, positions[channel]]))) return 'in-order';
  if (positions.length % ROWS !== 0) return 'unknown';
  const perRow = positions.length / ROWS;
  const row = (channel: number): number => (channel % ROWS) * perRow + Math.floor(channel / ROWS);
  return rises(channels.map((channel) => [row(channel), positions[channel]])) ? 'interleaved' : 'unknown';
}

/** Whether positions rise with the rows by one and the same step a row. */
function rises(places: readonly (readonly [row: number, position: number])[]): boolean {
  const sorted = [...places].sort(([a], [b]) => a - b);
  const [firstRow, first] = sorted[0];
  const [nextRow, next] = sorted[1];
  const step = (next - first) / (nextRow - firstRow);
  return step > 0 && sorted.every(([row, position]) => position === first + (row - firstRow) * step);
}
