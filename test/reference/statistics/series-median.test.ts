import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import {
  MOST_LAGS,
  medianInterval,
  seriesMedian,
  varianceInflation,
} from '../../../reference/statistics/index.ts';
import { autoregressive } from './autoregressive.ts';

/** Of 2,000 series of 130 samples: the share whose interval encloses the true median, and that of those without one. */
function coverage(memory: number, intervalOf: (series: number[]) => { low: number; high: number } | null) {
  const random = createRandom(9);
  let enclosed = 0;
  let withheld = 0;
  for (let t = 0; t < 2000; t++) {
    const interval = intervalOf(autoregressive(random, 130, memory));
    if (interval === null) withheld++;
    else if (interval.low <= 0 && interval.high >= 0) enclosed++;
  }
  return { enclosed: enclosed / 2000, withheld: withheld / 2000 };
}

const widened = (series: number[]) => seriesMedian(series).interval;

function ofIndependent(series: number[]) {
  const { low, high } = medianInterval(series.length)!;
  const sorted = [...series].sort((a, b) => a - b);
  return { low: sorted[low]!, high: sorted[high]! };
}

describe('seriesMedian', () => {
  test.each([0, 0.3, 0.5, 0.7])(
    'encloses the median of an autoregressive series with memory %f in 94 of 100 cases',
    (memory) => {
      expect(coverage(memory, widened).enclosed).toBeGreaterThan(0.935);
      expect(coverage(memory, widened).withheld).toBe(0);
    },
  );

  test('which the interval of independent samples does in 69 of 100 at 0.7; at 0.9 it is 88 against 44', () => {
    expect(coverage(0.7, ofIndependent).enclosed).toBeLessThan(0.75);
    expect(coverage(0.9, ofIndependent).enclosed).toBeLessThan(0.5);
    expect(coverage(0.9, widened).enclosed).toBeGreaterThan(0.86);
  });

  test('independent samples keep most of their number, those of a memory of 0.7 less than a half', () => {
    const random = createRandom(2);
    const left = (memory: number): number => {
      const shares = Array.from(
        { length: 500 },
        () => seriesMedian(autoregressive(random, 130, memory)).effectiveSamples / 130,
      );
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    expect(left(0)).toBeGreaterThan(0.75);
    expect(left(0.7)).toBeLessThan(0.5);
  });

  test('a drift from end to end leaves no interval; nothing but equal samples leaves them all', () => {
    const rising = Array.from({ length: 100 }, (_, i) => i);
    expect(seriesMedian(rising).interval).toBeNull();
    expect(seriesMedian(new Array(50).fill(3))).toEqual({
      effectiveSamples: 50,
      interval: { low: 3, high: 3 },
    });
    expect(seriesMedian([1, 2, 3]).interval).toBeNull();
    expect(() => seriesMedian([])).toThrow(RangeError);
  });
});

describe('varianceInflation', () => {
  test.each([0, 0.5, 0.9, 0.98])(
    'the bound on its lags changes nothing of a series with memory %f',
    (memory) => {
      const series = autoregressive(createRandom(3), 5 * MOST_LAGS, memory);
      const bounded = varianceInflation(series, 0);
      expect(bounded).toEqual(varianceInflation(series, 0, series.length));
      expect(bounded.complete).toBe(true);
    },
  );

  test('what is of one kind for longer than the bound has no interval, and no more effective samples than without it', () => {
    const rising = Array.from({ length: 10 * MOST_LAGS }, (_, i) => i);
    const { factor, complete } = varianceInflation(rising, rising.length / 2);
    expect(complete).toBe(false);
    expect(factor).toBeLessThan(varianceInflation(rising, rising.length / 2, rising.length).factor);
    expect(factor).toBeGreaterThan(MOST_LAGS);
    expect(seriesMedian(rising).interval).toBeNull();
  });
});
