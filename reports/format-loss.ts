import type { TuneResultPoint } from './record/tune-result.ts';

/** `+5.3 % (+4.1 … +6.6 %)`. */
export function formatLoss(loss: TuneResultPoint['loss']): string {
  if (loss === null) return '–';
  const { estimate, interval } = loss;
  return interval === null
    ? `${signedPercent(estimate)} %`
    : `${signedPercent(estimate)} % (${signedPercent(interval[0])} … ${signedPercent(interval[1])} %)`;
}

export function signedPercent(share: number): string {
  const text = formatPercent(Math.abs(share));
  if (Number(text) === 0) return text;
  return share < 0 ? `−${text}` : `+${text}`;
}

/** Three significant digits at most: a loss of 0.2 % and one of 340 % both say enough. */
export function formatPercent(share: number): string {
  const value = 100 * share;
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
