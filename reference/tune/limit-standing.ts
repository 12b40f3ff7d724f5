import { findStalls, type LimitStanding, percentileAgainstLimit } from '../statistics/index.ts';
import { allRequests, type PointVisits } from './visit.ts';

/**
 * How the p99 of a point stands to a limit. `under`: of all requests; `under-without-stalls`: of those that did not stall,
 * while with the stalls it is not shown; `over`: of all requests; `unknown`: neither is shown yet.
 */
export type LimitFinding = 'under' | 'under-without-stalls' | 'over' | 'unknown';

export interface LimitQuestion {
  /** ms; null for no limit. */
  readonly p99LimitMs: number | null;
  /** That a p99 said to be under has. */
  readonly under: number;
  /** That a p99 said to be over has: one that would be over without stalls, and one that is over by them. */
  readonly over: number;
  readonly overByStalls: number;
  /** Times without noise: each one decides. */
  readonly exact?: boolean;
}

const P99 = 0.99;

/**
 * Holds a point's requests against a limit, by exact binomial tests on how many are above it. Stalls may be set aside where
 * the p99 of the rest is shown to be under, but only as long as they may be 1 % of the requests: where they are surely more,
 * the p99 of what a user waits for is a stall, however well the rest does, and the point is over. A share of
 * just 1 % of stalls is where no number of requests tells on which side of the gap the p99 lies.
 * @returns `under` where there is no limit, `unknown` for no requests.
 */
export function limitStanding(
  visits: PointVisits,
  { p99LimitMs, under, over, overByStalls, exact = false }: LimitQuestion,
): LimitFinding {
  if (p99LimitMs === null) return 'under';
  const requests = allRequests(visits);
  if (requests.length === 0) return 'unknown';
  const above = requests.filter((ms) => ms > p99LimitMs);
  if (exact) return above.length === 0 ? 'under' : 'over';
  const { count, fromMs } = findStalls(requests);
  const steadyAbove = above.filter((ms) => ms < fromMs).length;
  const steadyCount = requests.length - count;
  const is = (standing: LimitStanding, aboveLimit: number, of: number, confidence: number): boolean =>
    percentileAgainstLimit(aboveLimit, of, P99, confidence) === standing;
  if (is('under', above.length, requests.length, under)) return 'under';
  if (is('over', steadyAbove, steadyCount, over)) return 'over';
  if (is('over', above.length, requests.length, overByStalls)) return 'over';
  return is('under', steadyAbove, steadyCount, under) ? 'under-without-stalls' : 'unknown';
}
