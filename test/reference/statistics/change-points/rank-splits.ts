import { ranks } from '../../../../reference/statistics/index.ts';

const LEAST_STRETCH = 3;
/** Standard deviations of a rank sum: one false alarm in some hundred nightly looks. */
const CLEAR = 4;

/**
 * Each stretch split in two where the rank sum of Mann and Whitney is furthest from that of equal halves (Pettitt 1979, with
 * the rank sum standardised), as long as it is far. To compare with.
 * @returns places of the first values of new stretches, ascending.
 */
export function rankSplits(values: readonly number[]): number[] {
  const found: number[] = [];
  const look = (start: number, end: number): void => {
    const at = clearestSplit(values.slice(start, end));
    if (at === null) return;
    look(start, start + at);
    found.push(start + at);
    look(start + at, end);
  };
  look(0, values.length);
  return found;
}

function clearestSplit(values: readonly number[]): number | null {
  const n = values.length;
  const ranked = ranks(values);
  const middle = (n + 1) / 2;
  const variance = ranked.reduce((sum, rank) => sum + (rank - middle) ** 2, 0) / (n - 1);
  let best: { at: number; z: number } | null = null;
  let sum = 0;
  for (let at = 1; at <= n - LEAST_STRETCH; at++) {
    sum += ranked[at - 1]! - middle;
    if (at < LEAST_STRETCH) continue;
    const z = Math.abs(sum) / Math.sqrt((variance * at * (n - at)) / n);
    if (z > (best?.z ?? CLEAR)) best = { at, z };
  }
  return best?.at ?? null;
}
