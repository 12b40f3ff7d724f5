import type { AnchorGrid } from '../decode/index.ts';
import { gatherRows } from './gather-rows.ts';
import type { OrderTable } from './level-orders.ts';
import { rankCorrelation } from './rank-correlation.ts';
import type { MemoryLayout } from './reading.ts';

export interface Placement {
  readonly layout: MemoryLayout;
  readonly table: OrderTable;
}

/** Every layout with every order of the levels; YOLOX's own first. */
export function allPlacements(tables: readonly OrderTable[]): readonly Placement[] {
  return (['anchor-major', 'channel-major'] as const).flatMap((layout) =>
    tables.map((table) => ({ layout, table })),
  );
}

/** w, h, obj. Whatever was done to them rises with the raw value inside a level; a decoded x only tells its column. */
const RANKED_CHANNELS = [2, 3, 4] as const;

/**
 * How well the rows of an output agree with the reference's when they are taken to lie in memory as `placement` says,
 * whether they are decoded or not and whatever sigmoids they went through: the mean rank correlation of w, h and obj
 * within each level.
 * @param reference rows of `anchors` by the reference, `[anchors, channels]`.
 * @param data values of the image in question, `anchors · channels` of the whole grid.
 * @returns −1 … 1.
 */
export function placementAgreement(
  reference: Float32Array,
  data: Float32Array,
  channels: number,
  anchors: Int32Array,
  placement: Placement,
  grid: AnchorGrid,
): number {
  const actual = gatherRows(data, channels, anchors, placement.table, placement.layout);
  let sum = 0;
  for (const { start, count } of grid.levels) {
    const from = firstAtLeast(anchors, start);
    const to = firstAtLeast(anchors, start + count);
    for (const channel of RANKED_CHANNELS) {
      sum += rankCorrelation(
        column(reference, channels, channel, from, to),
        column(actual, channels, channel, from, to),
      );
    }
  }
  return sum / (grid.levels.length * RANKED_CHANNELS.length);
}

function column(
  rows: Float32Array,
  channels: number,
  channel: number,
  from: number,
  to: number,
): Float32Array {
  const values = new Float32Array(to - from);
  for (let i = from; i < to; i++) values[i - from] = rows[i * channels + channel]!;
  return values;
}

/** `anchors` ascend. */
function firstAtLeast(anchors: Int32Array, anchor: number): number {
  const index = anchors.findIndex((candidate) => candidate >= anchor);
  return index === -1 ? anchors.length : index;
}
