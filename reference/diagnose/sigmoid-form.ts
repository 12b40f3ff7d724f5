import type { SigmoidForm } from './reading.ts';

/** Probability behind a value of the given form; a doubled sigmoid below ½ (rounding) counts as probability 0. */
export function probabilityOf(form: SigmoidForm, value: number): number {
  if (form === 'once') return value;
  if (form === 'missing') return 1 / (1 + Math.exp(-value));
  if (value <= 0.5) return 0;
  return value >= 1 ? 1 : Math.min(1, Math.log(value / (1 - value)));
}
