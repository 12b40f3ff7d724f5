import { formatCount, formatDifference, formatFigure, formatInterval } from './format-figures.ts';
import type { BackendRecord, FigureDifferenceRecord, Judgement } from './record/index.ts';

/** With fewer an interval would hold far less often than it says (`pairedBootstrap`). */
const LEAST_IMAGES = 10;

/** What the words need of a backend. */
export type ComparedBackend = Pick<BackendRecord, 'metrics' | 'difference' | 'judgements'>;

/** What is said of one figure of a backend: verbs for it alone and for several backends of which the same is said. */
export interface DifferenceWords {
  readonly one: string;
  readonly several: string;
}

/** The difference of a figure with its interval, `loses 0.1570 against cpu-float (AP 0.3237 → 0.1667, 95 % interval …)`. */
export function differenceWords(backend: ComparedBackend, metric: string, against: string): DifferenceWords {
  const { metrics, reference, statistics } = backend.difference!;
  const change = metrics[metric] ?? null;
  const same = (rest: string): DifferenceWords => ({ one: rest, several: rest });
  if (change === null) return same(`: no ${metric}, since these images hold no ground truth`);
  const from = formatFigure(reference[metric] ?? null);
  const to = formatFigure(backend.metrics?.[metric] ?? null);
  const interval = intervalWords(statistics?.metrics[metric] ?? null, statistics?.confidence);
  const size = Math.abs(change).toFixed(4);
  if (Number(size) === 0) {
    const digits = change === 0 ? '' : ' to the last digit shown';
    const rest = `the ${metric} of ${against}${digits} (${from}${interval})`;
    return { one: ` has ${rest}`, several: ` have ${rest}` };
  }
  const rest = `${size} against ${against} (${metric} ${from} → ${to}${interval})`;
  return change < 0
    ? { one: ` loses ${rest}`, several: ` lose ${rest}` }
    : { one: ` gains ${rest}`, several: ` gain ${rest}` };
}

/** `, 95 % interval −0.1930 … −0.1210 from 50 images`; nothing where there is none. */
function intervalWords(estimate: FigureDifferenceRecord | null, confidence = 0.95): string {
  if (estimate === null || estimate.low === null) return '';
  return `, ${formatConfidence(confidence)} interval ${formatInterval(estimate)} from ${formatCount(estimate.images, 'image')}`;
}

/** `95 %`. */
export const formatConfidence = (confidence: number): string => `${Number((100 * confidence).toFixed(1))} %`;

/** Without a budget: whether the difference is one at all. Null where there is no interval to say so. */
export function chanceClause(backend: ComparedBackend, metric: string): string | null {
  const { statistics, metrics } = backend.difference!;
  const change = metrics[metric] ?? null;
  if (statistics === null || change === null) return null;
  const estimate = statistics.metrics[metric] ?? null;
  const shownAsNone = Number(Math.abs(change).toFixed(4)) === 0;
  if (estimate === null || estimate.low === null || estimate.high === null) return null;
  if (isNothing(estimate)) return ', and these images show no difference, which says nothing of others';
  if (shownAsNone) return isToldFromZero(estimate) ? ', and what is left is more than chance' : '';
  if (statistics.withinTies[metric])
    return ', which is no difference: the order of detections with equal scores alone can make it';
  return isToldFromZero(estimate) ? ', more than chance' : ', which may be chance';
}

/** What follows the difference where a budget was given: how it stands to the budget. */
export function budgetClause(backend: ComparedBackend, judgement: Judgement): string {
  const { verdict, metric, withinTies } = judgement;
  const budget = `the budget of ${formatBudget(judgement.budget)}`;
  if (verdict === 'regressed') return `, beyond ${budget}`;
  if (verdict === 'equivalent') {
    if (judgement.beyondGain)
      return `, within ${budget} and surely better by more than that: check that both sides ran the same`;
    return judgement.direction === 'worse' ? `, a sure loss but within ${budget}` : `, within ${budget}`;
  }
  const { statistics, reference } = backend.difference!;
  if ((reference[metric] ?? null) === null) return `, so that ${budget} cannot be held against it`;
  if (reference[metric] === 0) return `: the reference reaches 0 here, so that there is nothing to lose`;
  const estimate = statistics?.metrics[metric] ?? null;
  if (estimate === null || estimate.low === null || estimate.high === null)
    return `: ${noIntervalWords(estimate)}, so that ${budget} cannot be held against it`;
  if (withinTies && estimate.high < -judgement.budget)
    return `, more than ${budget}, but the order of detections with equal scores alone can make it`;
  const would =
    judgement.imagesNeeded === null
      ? 'the loss is so near to it that no number of images can be named'
      : `about ${formatCount(judgement.imagesNeeded, 'image')} would tell`;
  return `, and ${budget} lies inside the interval; ${would}`;
}

/** As it was typed, `0.01`. */
const formatBudget = (budget: number): string => String(budget);

/** Why a figure has no interval. */
export function noIntervalWords(estimate: FigureDifferenceRecord | null): string {
  if (estimate === null) return 'there is no interval without statistics';
  return estimate.images < LEAST_IMAGES
    ? `${formatCount(estimate.images, 'image')} ${estimate.images === 1 ? 'is' : 'are'} too few for an interval, which takes ${LEAST_IMAGES}`
    : 'no category has objects in two of these images, so that there is no interval';
}

/** Whether an interval leaves out 0. */
export function isToldFromZero({ low, high }: FigureDifferenceRecord): boolean {
  return low !== null && high !== null && (low > 0 || high < 0);
}

/** Whether an interval is from 0 to 0: equal outputs, or none. */
export function isNothing({ low, high }: FigureDifferenceRecord): boolean {
  return low === 0 && high === 0;
}

/** `−0.0021 (−0.0040 … −0.0002)`, or the difference alone. */
export function formatEstimate(estimate: FigureDifferenceRecord | null | undefined): string {
  if (!estimate) return '–';
  return estimate.low === null
    ? formatDifference(estimate.difference)
    : `${formatDifference(estimate.difference)} (${formatInterval(estimate)})`;
}
