import type { AnchorGrid } from '../decode/index.ts';
import { constantGroups, type OutputGroup } from './constant-groups.ts';
import { gatherRows } from './gather-rows.ts';
import type { OrderTable } from './level-orders.ts';
import { type Placement, placementAgreements } from './placement.ts';
import type { CentreForm, SizeForm } from './reading.ts';
import { informativeAnchors, spreadAnchors } from './sample-anchors.ts';
import { type BoxScore, type ComparedRows, scoreCentres, scoreSizes } from './score-boxes.ts';
import { type SigmoidScore, scoreSigmoid } from './score-sigmoid.ts';

/** What is the same for every image of an input size. */
export interface ScoringContext {
  readonly grid: AnchorGrid;
  readonly tables: readonly OrderTable[];
  /** As `allPlacements` gives them. */
  readonly placements: readonly Placement[];
  readonly channels: number;
}

export interface PlacedScores {
  readonly centres: readonly BoxScore<CentreForm>[];
  readonly sizes: readonly BoxScore<SizeForm>[];
  readonly objectness: SigmoidScore;
  readonly classes: SigmoidScore;
}

export interface ImageScores {
  /** Agreement of each of the placements. */
  readonly agreements: readonly number[];
  /** By index of the placement: the first one, and the one that agrees best. */
  readonly placed: ReadonlyMap<number, PlacedScores>;
  readonly constant: readonly OutputGroup[];
  /** Number of anchors that forms were compared on. */
  readonly anchors: number;
}

/** Anchors a level that take part in finding the placement besides the informative ones. */
const SPREAD_PER_LEVEL = 128;

/**
 * How one image's output agrees with the reference's under everything that a port may have done to it.
 * @param reference raw head output of the image, all numbers finite.
 * @param actual as it came, as many finite numbers.
 */
export function scoreImage(
  reference: Float32Array,
  actual: Float32Array,
  context: ScoringContext,
): ImageScores {
  const { grid, tables, placements, channels } = context;
  const natural = tables[0]!;
  const informative = informativeAnchors([reference], channels, grid);
  const ranked = Int32Array.from(new Set([...informative, ...spreadAnchors(grid, SPREAD_PER_LEVEL)])).sort();
  const agreements = placementAgreements(reference, actual, channels, ranked, placements, grid);
  const best = agreements.indexOf(Math.max(...agreements));
  const referenceRows = gatherRows(reference, channels, informative, natural, 'anchor-major');
  const strides = Float32Array.from(informative, (anchor) => natural.stride[anchor]!);

  const rowsOf = ({ layout, table }: Placement): ComparedRows => ({
    reference: referenceRows,
    actual: gatherRows(actual, channels, informative, table, layout),
    channels,
    positions: Int32Array.from(informative, (anchor) => table.position[anchor]!),
    strides,
  });
  const placed = new Map<number, PlacedScores>();
  for (const index of new Set([0, best])) {
    const rows = rowsOf(placements[index]!);
    const own = placements[index]!.table;
    placed.set(index, {
      centres: scoreCentres(rows, own, tables),
      sizes: scoreSizes(rows, own, tables),
      objectness: scoreSigmoid(rows, 'obj'),
      classes: scoreSigmoid(rows, 'cls'),
    });
  }
  return {
    agreements,
    placed,
    constant: constantGroups(rowsOf(placements[0]!)),
    anchors: informative.length,
  };
}
