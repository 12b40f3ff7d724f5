import type { Random } from '../../../reference/random.ts';
import type { PointVisits, Visit } from '../../../reference/tune/index.ts';

export interface PointSpec {
  readonly medianMs: number;
  /** Standard deviation of the logarithm. */
  readonly noise: number;
}

/** Visits of points in every round, all of a round slowed alike by `slowdown(round)`. */
export function lognormalVisits(
  points: readonly PointSpec[],
  rounds: number,
  requests: number,
  random: Random,
  slowdown: (round: number) => number = () => 1,
): PointVisits[] {
  return points.map(({ medianMs, noise }) => {
    const visits = new Map<number, Visit>();
    for (let round = 0; round < rounds; round++) {
      const milliseconds = Array.from(
        { length: requests },
        () => medianMs * Math.exp(noise * random.gaussian()) * slowdown(round),
      );
      const total = milliseconds.reduce((sum, ms) => sum + ms, 0);
      visits.set(round, { milliseconds, imagesPerSecond: (1000 * requests) / total });
    }
    return visits;
  });
}
