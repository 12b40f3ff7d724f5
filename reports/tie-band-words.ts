import { formatFigure } from './format-figures.ts';
import type { DifferenceStatistics } from './record/index.ts';

/**
 * How far ties alone take AP on either side; nothing where there is no AP.
 * @param against whose the other band is, `the reference's`
 */
export function tieBandWords(
  { tieBands: { own, reference } }: DifferenceStatistics,
  against: string,
): string[] {
  if (!own.AP || !reference.AP) return [];
  const bands = `tie band of AP ${bandWords(own.AP)}, of ${against} ${bandWords(reference.AP)}`;
  const moved = [own.AP, reference.AP].some(({ low, high }) => high > low);
  return [`${bands}: the order of equal scores moves ${moved ? 'it as far' : 'neither'}`];
}

function bandWords({ low, high }: { readonly low: number; readonly high: number }): string {
  const [from, to] = [formatFigure(low), formatFigure(high)];
  return from === to ? from : `${from} … ${to}`;
}
