/**
 * P(X <= successes) for X binomial (trials, p), summed through logarithms so that no term underflows on the way.
 * @throws RangeError when `p` is not between 0 and 1, or the counts are not integers with 0 <= successes <= trials.
 */
export function binomialAtMost(successes: number, trials: number, p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`cannot count with the share ${p}: give one between 0 and 1`);
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || successes < 0 || successes > trials) {
    throw new RangeError(
      `cannot count ${successes} of ${trials}: give integers, the first at most the second`,
    );
  }
  let logTerm = trials * Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= successes; k++) {
    logTerm += Math.log((trials - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

export type LimitStanding = 'under' | 'over' | 'unknown';

/**
 * Whether the percentile of share `p` of a distribution is under a limit, from how many samples are above: exact, for
 * any distribution. For p99 at 0.99 it takes 459 samples with none above, or 662 with one.
 * @param confidence that `under` and `over` each have.
 * @throws RangeError as `binomialAtMost` does.
 */
export function percentileAgainstLimit(
  above: number,
  samples: number,
  p: number,
  confidence: number,
): LimitStanding {
  if (samples === 0) return 'unknown';
  if (binomialAtMost(above, samples, 1 - p) <= 1 - confidence) return 'under';
  const orMore = above === 0 ? 1 : 1 - binomialAtMost(above - 1, samples, 1 - p);
  return orMore <= 1 - confidence ? 'over' : 'unknown';
}
