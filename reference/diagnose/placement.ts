import type { AnchorGrid } from '../decode/index.ts';
import type { OrderTable } from './level-orders.ts';
import { centredRanks, rankCorrelation } from './rank-correlation.ts';
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
 * How well the rows of an output agree with the reference's under each placement, whether they are decoded or not and
 * whatever sigmoids they went through: the mean rank correlation of w, h and obj within each level.
 * @param reference,actual values of the image, `anchors · channels` of the whole grid; the reference's lie as YOLOX's do.
 * @param anchors indices of YOLOX's order to compare at, ascending.
 * @returns −1 … 1, one a placement.
 */
export function placementAgreements(
  reference: Float32Array,
  actual: Float32Array,
  channels: number,
  anchors: Int32Array,
  placements: readonly Placement[],
  grid: AnchorGrid,
): number[] {
  const levels = grid.levels.map(({ start, count }) =>
    anchors.filter((anchor) => anchor >= start && anchor < start + count),
  );
  const series = (data: Float32Array, { layout, table }: Placement): Float64Array[] =>
    levels.flatMap((level) =>
      RANKED_CHANNELS.map((channel) => {
        const step = layout === 'anchor-major' ? channels : 1;
        const from = layout === 'anchor-major' ? channel : channel * grid.anchors;
        const values = new Float32Array(level.length);
        for (let i = 0; i < level.length; i++) values[i] = data[from + table.position[level[i]!]! * step]!;
        return centredRanks(values);
      }),
    );
  const expected = series(reference, placements[0]!);
  return placements.map((placement) => {
    const ranks = series(actual, placement);
    return ranks.reduce((sum, own, i) => sum + rankCorrelation(own, expected[i]!), 0) / ranks.length;
  });
}
