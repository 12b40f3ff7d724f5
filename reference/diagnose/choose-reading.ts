import { type LevelOrder, sameOrder } from './level-orders.ts';
import type { Placement } from './placement.ts';
import type { PooledScores } from './pool-scores.ts';
import type { CentreForm, OutputReading, SigmoidForm, SizeForm } from './reading.ts';
import type { BoxScore } from './score-boxes.ts';
import type { PlacedScores } from './score-image.ts';
import type { SigmoidScore } from './score-sigmoid.ts';
import {
  CENTRES_LEAST,
  DOUBLED_LEAST,
  FORM_RATIO,
  LOGITS_LEAST,
  PLACEMENT_LEAST,
  PLACEMENT_MARGIN,
  SIGMOID_RATIO,
  SIZES_LEAST,
} from './thresholds.ts';

export interface ChosenReading {
  readonly reading: OutputReading;
  /** Scores under the placement chosen, and under YOLOX's own. */
  readonly placed: PlacedScores;
  readonly common: PlacedScores;
  readonly agreement: { readonly chosen: number; readonly common: number };
}

/**
 * The reading that explains an output. What a healthy port may do (everything raw, or everything decoded) is given up
 * only for a reading that leaves a small part of its error, so that noise, of quantisation or of a wrong input, is not
 * taken for a mistake in the decoding.
 */
export function chooseReading(scores: PooledScores, placements: readonly Placement[]): ChosenReading {
  const index = choosePlacement(scores);
  const { layout, table } = placements[index]!;
  const common = scores.placed.get(0)!;
  const placed = scores.placed.get(index)!;
  const natural = placements[0]!.table.order;
  const centres = chooseCentres(placed.centres, table.order, natural);
  const gridOrder = centres.form === 'raw' ? table.order : centres.order.order;
  const sizes = chooseSizes(placed.sizes, gridOrder);
  const still = scores.constant;
  return {
    reading: {
      layout,
      levelOrder: table.order,
      centres: still.includes('centres') ? 'raw' : centres.form,
      sizes: still.includes('sizes') ? 'raw' : sizes.form,
      gridOrder: centres.form === 'raw' ? sizes.order.order : gridOrder,
      objectness: still.includes('objectness') ? 'once' : chooseSigmoid(placed.objectness),
      classes: still.includes('classes') ? 'once' : chooseSigmoid(placed.classes),
    },
    placed,
    common,
    agreement: { chosen: scores.agreements[index]!, common: scores.agreements[0]! },
  };
}

function choosePlacement({ agreements, placed }: PooledScores): number {
  const best = agreements.indexOf(Math.max(...agreements));
  const clear =
    agreements[best]! >= PLACEMENT_LEAST && agreements[best]! - agreements[0]! >= PLACEMENT_MARGIN;
  return clear && placed.has(best) ? best : 0;
}

/** The decoding that goes with the order of the levels: their own grids, or those of YOLOX's order. */
function isHealthy<Form extends CentreForm | SizeForm>(score: BoxScore<Form>, own: LevelOrder): boolean {
  return score.form === 'raw' || (score.form === 'decoded' && sameOrder(score.order.order, own));
}

function chooseCentres(
  scores: readonly BoxScore<CentreForm>[],
  own: LevelOrder,
  natural: LevelOrder,
): BoxScore<CentreForm> {
  // On a square input a transposed grid is a swapped one; the name that is shorter to explain comes first.
  const best = least(scores);
  const healthy = least(scores.filter((score) => isHealthy(score, own) || isHealthy(score, natural)));
  return overturns(best, healthy, CENTRES_LEAST) ? best : healthy;
}

function chooseSizes(scores: readonly BoxScore<SizeForm>[], gridOrder: LevelOrder): BoxScore<SizeForm> {
  const possible = scores.filter(({ form, order }) => form === 'raw' || sameOrder(order.order, gridOrder));
  const best = least(possible);
  const healthy = least(possible.filter((score) => isHealthy(score, gridOrder)));
  return overturns(best, healthy, SIZES_LEAST) ? best : healthy;
}

function overturns<Form>(best: BoxScore<Form>, healthy: BoxScore<Form>, atLeast: number): boolean {
  return healthy.error.raw >= atLeast && best.error.raw <= FORM_RATIO * healthy.error.raw;
}

/** The first of the least. */
function least<Form>(scores: readonly BoxScore<Form>[]): BoxScore<Form> {
  return scores.reduce((a, b) => (b.error.raw < a.error.raw ? b : a));
}

function chooseSigmoid(score: SigmoidScore): SigmoidForm {
  const { error, outsideUnit, insideDoubled, referenceInsideDoubled } = score;
  const limit = SIGMOID_RATIO * error.once;
  if (outsideUnit >= LOGITS_LEAST && error.missing <= limit) return 'missing';
  if (insideDoubled >= DOUBLED_LEAST && referenceInsideDoubled < DOUBLED_LEAST && error.doubled <= limit) {
    return 'doubled';
  }
  return 'once';
}
