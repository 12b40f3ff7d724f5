import { imagesNeeded } from '../statistics/images-needed.ts';
import type { FigureDifference } from './paired-bootstrap.ts';

export type Verdict = 'regressed' | 'equivalent' | 'cannot-tell';

export interface ThreeWayVerdict {
  readonly verdict: Verdict;
  /** The loss that is allowed. */
  readonly budget: number;
  /** Which way the interval leaves 0 out, whatever the budget. */
  readonly direction: 'worse' | 'better' | 'unclear';
  /**
   * The whole interval is a gain of more than the budget. No regression, but more than a port of the same network should
   * be able to: a reason to ask whether both sides ran the same.
   */
  readonly beyondGain: boolean;
  /** Where it cannot tell: images that would, estimated (`imagesNeeded`, power 80 %); null at the border. Else null. */
  readonly imagesNeeded: number | null;
}

/**
 * Whether a loss of more than `budget` is shown, ruled out, or neither.
 *
 * - `regressed`: the whole interval is a loss beyond the budget, `high < −budget`.
 * - `equivalent`: no loss beyond the budget is left in it, `low >= −budget`. Only the side of the loss is asked about: a gate
 *   must not stop what got better, and with both sides asked about a sure gain would be `cannot-tell`, for which no number
 *   of images would help. A gain beyond the budget is said apart.
 * - `cannot-tell`: the interval has the border in it, or there is none.
 *
 * With an interval of 95 % each of the first two is wrong in at most 2.5 % of the cases in which the truth is at the border,
 * and in fewer beyond it. A small loss can be sure (`direction: 'worse'`) and within the budget all the same.
 * @param estimate of a figure of which more is better; `images` as many as the number of images that would tell is counted
 *   from, so of a category those with objects of it.
 * @throws RangeError when `budget` is negative or not finite, or the interval is none.
 */
export function threeWayVerdict(estimate: FigureDifference, budget: number): ThreeWayVerdict {
  const { difference, low, high, standardError, images } = estimate;
  if (!(budget >= 0 && Number.isFinite(budget))) {
    throw new RangeError(
      `cannot judge against a budget of ${budget}: give the loss allowed, a number of at least 0`,
    );
  }
  if (low === null || high === null || standardError === null) {
    return { verdict: 'cannot-tell', budget, direction: 'unclear', beyondGain: false, imagesNeeded: null };
  }
  if (!(low <= high)) throw new RangeError(`cannot judge the interval ${low} … ${high}: give low <= high`);
  const verdict = high < -budget ? 'regressed' : low >= -budget ? 'equivalent' : 'cannot-tell';
  return {
    verdict,
    budget,
    direction: high < 0 ? 'worse' : low > 0 ? 'better' : 'unclear',
    beyondGain: low > budget,
    imagesNeeded:
      verdict === 'cannot-tell' ? imagesNeeded({ standardError, images }, difference + budget) : null,
  };
}
