import { formatFigure, formatP } from './format-figures.ts';
import type { DifferenceStatistics } from './record/index.ts';

/**
 * The p values of the figures that have one, and how far ties alone take AP on either side; nothing where no figure has one.
 * @param against whose the other band is, `the reference's`
 */
export function certaintyWords({ p, tieBands }: DifferenceStatistics, against: string): string[] {
  const known = Object.entries(p).filter(([, value]) => value !== null);
  if (known.length === 0) return [];
  const test = `permutation test: p of ${known.map(([name, value]) => `${name} ${formatP(value)}`).join(', of ')}`;
  const { own, reference } = tieBands;
  if (!own.AP || !reference.AP) return [test];
  return [`${test}; tie band of AP ${bandWords(own.AP)}, of ${against} ${bandWords(reference.AP)}`];
}

function bandWords({ low, high }: { readonly low: number; readonly high: number }): string {
  const [from, to] = [formatFigure(low), formatFigure(high)];
  return from === to ? from : `${from} … ${to}`;
}
