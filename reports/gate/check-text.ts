import { formatCount, formatDifference, formatFigure, formatMilliseconds } from '../format-figures.ts';
import { signedPercent } from '../format-loss.ts';
import type { GateCheck } from './gate-record.ts';

/** `AP of int16 (emulated)`, `p50 of mlu-offline, 4 cores, batch 1, host time`. */
export function checkName({ metric, label, point, kind }: GateCheck): string {
  return `${metric} of ${label}${point === '' ? '' : `, ${point}`}${kind === 'series' ? ', level over the nights' : ''}`;
}

/** A figure of the check in its unit. */
export function checkFigure(value: number | null, { unit }: GateCheck): string {
  if (value === null) return '–';
  return unit === 'fraction' ? formatFigure(value) : `${formatMilliseconds(value)} ms`;
}

/** `−0.0123`, `+6.1 %`. */
export function checkDifference(value: number | null, { unit }: GateCheck): string {
  if (value === null) return '–';
  return unit === 'fraction' ? formatDifference(value) : `${signedPercent(value)} %`;
}

/** `−0.0150 … −0.0098`, with a dash where there is none. */
export function checkInterval(check: GateCheck): string {
  const { low, high } = check;
  if (low === null || high === null) return '–';
  return `${checkDifference(low, check)} … ${checkDifference(high, check)}`;
}

/** What is allowed, with the sign that it has as a difference. */
export function checkBudget(check: GateCheck): string {
  return checkDifference(check.unit === 'fraction' ? -check.budget : check.budget, check);
}

/** The budget with which it would have passed, `0.0151` or `6.7%`, rounded up so that it does; null without an interval. */
export function requiredBudget({ unit, low, high }: GateCheck): string | null {
  if (low === null || high === null) return null;
  const loss = Math.max(0, unit === 'fraction' ? -low : high);
  return unit === 'fraction' ? roundedUp(loss, 4) : `${roundedUp(100 * loss, 1)}%`;
}

function roundedUp(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) >= value ? text : (Number(text) + 10 ** -digits).toFixed(digits);
}

/** `0.3231 → 0.3108, −0.0123 (95 % interval −0.0150 … −0.0098), −0.0050 allowed` */
export function changeText(check: GateCheck): string {
  const { baseline, actual, difference, low } = check;
  if (difference === null) return `${checkFigure(actual, check)}, ${checkBudget(check)} allowed`;
  const interval = low === null ? 'no interval' : `95 % interval ${checkInterval(check)}`;
  return `${checkFigure(baseline, check)} → ${checkFigure(actual, check)}, ${checkDifference(difference, check)} (${interval}), ${checkBudget(check)} allowed`;
}

/** Why a check is as it is, and what would settle it; empty where the figures say it all. */
export function checkReason({ reason, verdict, imagesNeeded, confirmation }: GateCheck): string {
  const parts = [
    reason,
    verdict === 'cannot-tell' && imagesNeeded !== null
      ? `about ${formatCount(imagesNeeded, 'image')} would tell`
      : '',
    confirmation === 'confirmed' ? 'a re-run shows it too' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** How far a loss is beyond what is allowed, in budgets; checks without a difference come last. */
export function excess({ difference, unit, budget }: GateCheck): number {
  if (difference === null) return Number.NEGATIVE_INFINITY;
  return ((unit === 'fraction' ? -difference : difference) - budget) / Math.max(budget, LEAST_BUDGET);
}

/**
 * Share of the budget that the bad end of the interval uses, by which losses of AP and slowdowns compare: what passes, passes by
 * that end, wherever its estimate is. Below 0 where even that end is a gain; checks without an interval come last.
 */
export function budgetUse({ unit, low, high, budget }: GateCheck): number {
  if (low === null || high === null) return Number.NEGATIVE_INFINITY;
  return (unit === 'fraction' ? -low : high) / Math.max(budget, LEAST_BUDGET);
}

/** A budget of 0 is the smallest, not none. */
const LEAST_BUDGET = 1e-4;
