/** A clock that never goes back; times are differences of what it says, in ms. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => performance.now() };

const STEPS = 50;
const READS = 20_000;

/**
 * The least step in ms that a clock was seen to make between two readings; null for one that stood still. A browser-like
 * clock steps by 0.1 ms, Node's by some ten nanoseconds, which is then the time of a reading.
 */
export function clockResolution(clock: Clock): number | null {
  let least = Number.POSITIVE_INFINITY;
  let last = clock.now();
  for (let reads = 0, steps = 0; reads < READS && steps < STEPS; reads++) {
    const now = clock.now();
    if (now > last) {
      least = Math.min(least, now - last);
      steps++;
    }
    last = now;
  }
  return Number.isFinite(least) ? least : null;
}
