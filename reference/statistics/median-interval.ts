/** Places of two order statistics, 0-based, that enclose the true median with `confidence`. */
export interface MedianInterval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * The narrowest symmetric pair of order statistics that encloses the median of a continuous distribution with at least
 * `confidence`, whatever the distribution: the number of samples below the median is binomial (n, ½).
 * @returns null where even the least and the greatest sample do not reach it: below 6 samples at 0.95.
 * @throws RangeError when `count` is not a positive integer or `confidence` is not between 0 and 1.
 */
export function medianInterval(count: number, confidence = 0.95): MedianInterval | null {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`cannot enclose the median of ${count} samples: give a positive integer`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`cannot enclose a median with confidence ${confidence}: give one between 0 and 1`);
  }
  // tail = P(binomial <= low). Terms go through their logarithm, since 2⁻ⁿ underflows from 1,075 samples on.
  let logTerm = -count * Math.LN2;
  let tail = 0;
  let found: MedianInterval | null = null;
  for (let low = 0; low < count - 1 - low; low++) {
    tail += Math.exp(logTerm);
    if (1 - 2 * tail < confidence) break;
    found = { low, high: count - 1 - low, confidence: 1 - 2 * tail };
    logTerm += Math.log((count - low) / (low + 1));
  }
  return found;
}
