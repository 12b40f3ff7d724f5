import { type FigureDifference, threeWayVerdict } from '../../reference/compare/index.ts';
import type { DifferenceStatistics, Judgement } from '../../reports/record/index.ts';
import { EXIT, type ExitCode } from '../errors.ts';

/** What is judged: a difference with its interval, and whether it is one at all. */
export interface JudgedDifference {
  readonly estimate: FigureDifference | null;
  readonly withinTies: boolean;
  /** The figure of the reference; null where there is no ground truth. */
  readonly reference: number | null;
}

/**
 * Whether a loss of more than the budget is shown, ruled out, or neither (`threeWayVerdict`), and never a pass for want of
 * something to compare:
 * - `cannot-tell` without an interval, and where the reference reaches 0, so that nothing can be lost: equal emptiness has an
 *   interval from 0 to 0;
 * - `cannot-tell` for a loss that the order of equal scores can make by itself, however sure its sign: it is none.
 */
export function judgeBudget(
  metric: string,
  budget: number,
  { estimate, withinTies, reference }: JudgedDifference,
): Judgement {
  const unknown = { verdict: 'cannot-tell', direction: 'unclear', imagesNeeded: null } as const;
  if (estimate === null || reference === null || reference === 0) {
    return { metric, budget, ...unknown, beyondGain: false, withinTies };
  }
  const { verdict, direction, beyondGain, imagesNeeded } = threeWayVerdict(estimate, budget);
  if (verdict === 'regressed' && withinTies) {
    return { metric, budget, ...unknown, beyondGain, withinTies };
  }
  return { metric, budget, verdict, direction, beyondGain, imagesNeeded, withinTies };
}

/** What the statistics of a backend say of one of its figures. */
export function judgedDifference(
  statistics: DifferenceStatistics | null,
  reference: Readonly<Record<string, number | null>>,
  metric: string,
): JudgedDifference {
  return {
    estimate: statistics?.metrics[metric] ?? null,
    withinTies: statistics?.withinTies[metric] ?? false,
    reference: reference[metric] ?? null,
  };
}

/** One loss that is shown ends with 1, one that is not ruled out with 4. */
export function exitCodeOfJudgements(judgements: readonly Judgement[]): ExitCode {
  const some = (verdict: Judgement['verdict']): boolean =>
    judgements.some((judgement) => judgement.verdict === verdict);
  return some('regressed') ? EXIT.regression : some('cannot-tell') ? EXIT.inconclusive : EXIT.pass;
}
