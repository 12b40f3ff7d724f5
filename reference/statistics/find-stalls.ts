import { quantile, sortSamples } from './quantile.ts';

/** A request this many times slower than the median is a stall. */
export const STALL_FACTOR = 3;
/** Stalls set aside are at most this share of the requests, chance allowed for: more are how the point works. */
export const STALL_SHARE = 0.02;

export interface Stalls {
  readonly count: number;
  /** Requests of at least this many milliseconds are to be set aside; Infinity where none are. */
  readonly fromMs: number;
}

/**
 * Tells stalls, requests that something else held up, from the distribution of a point: those of at least
 * {@link STALL_FACTOR} times the median, as long as they are no more than a share of {@link STALL_SHARE} explains (two
 * standard deviations above the expected count). No p99 can be told from a mixture with 1 % of something else: its place
 * is the gap between the two. So stalls are counted on their own, and never silently. That is for comparing points with each
 * other: who holds a p99 under a limit has to count them (`limitStanding`), for more than 1 % of stalls are its p99.
 * @param samples ms, warm-up left out; any order.
 * @throws RangeError for no samples or one that is not finite.
 */
export function findStalls(samples: ArrayLike<number>): Stalls {
  const ordered = sortSamples(samples);
  const fromMs = STALL_FACTOR * quantile(ordered, 0.5);
  const count = ordered.length - firstAtLeast(ordered, fromMs);
  const expected = STALL_SHARE * ordered.length;
  const most = expected + 2 * Math.sqrt(expected);
  if (count === 0 || fromMs === 0 || count > most) return { count: 0, fromMs: Number.POSITIVE_INFINITY };
  return { count, fromMs };
}

function firstAtLeast(ordered: readonly number[], value: number): number {
  const found = ordered.findIndex((sample) => sample >= value);
  return found < 0 ? ordered.length : found;
}
