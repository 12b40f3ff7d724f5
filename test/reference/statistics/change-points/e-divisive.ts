import type { Random } from '../../../../reference/random.ts';

const LEAST_STRETCH = 3;

/**
 * E-divisive (Matteson and James, A nonparametric approach for multiple change point analysis of multivariate data, JASA 2014)
 * as nightly jobs use it: α 1, each stretch split in two where the energy distance is greatest, as long as fewer than one in
 * `permutations` of its orders gives as much. To compare with.
 * @returns places of the first values of new stretches, ascending.
 */
export function eDivisive(values: readonly number[], random: Random, permutations = 99): number[] {
  const found: number[] = [];
  const look = (start: number, end: number): void => {
    const stretch = values.slice(start, end);
    const best = greatestSplit(stretch);
    if (best === null) return;
    for (let i = 0; i < permutations; i++) {
      if ((greatestSplit(random.shuffle([...stretch]))?.energy ?? 0) >= best.energy) return;
    }
    found.push(start + best.at);
    look(start, start + best.at);
    look(start + best.at, end);
  };
  look(0, values.length);
  return found.sort((a, b) => a - b);
}

function greatestSplit(values: readonly number[]): { at: number; energy: number } | null {
  const n = values.length;
  if (n < 2 * LEAST_STRETCH) return null;
  const toEarlier = new Float64Array(n);
  const toLater = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.abs(values[i]! - values[j]!);
      toEarlier[i]! += distance;
      toLater[j]! += distance;
    }
  }
  let left = 0;
  let right = toEarlier.reduce((sum, distance) => sum + distance, 0);
  let across = 0;
  let best: { at: number; energy: number } | null = null;
  for (let at = 1; at <= n - LEAST_STRETCH; at++) {
    left += toEarlier[at - 1]!;
    right -= toLater[at - 1]!;
    across += toLater[at - 1]! - toEarlier[at - 1]!;
    if (at < LEAST_STRETCH) continue;
    const rest = n - at;
    const within = left / ((at * (at - 1)) / 2) + right / ((rest * (rest - 1)) / 2);
    const energy = ((at * rest) / n) * ((2 * across) / (at * rest) - within);
    if (best === null || energy > best.energy) best = { at, energy };
  }
  return best;
}
