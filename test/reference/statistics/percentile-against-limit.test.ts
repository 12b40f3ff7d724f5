import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import {
  binomialAtMost,
  percentileAgainstLimit,
  samplesNeeded,
} from '../../../reference/statistics/index.ts';

describe('binomialAtMost', () => {
  it('is the exact sum, in integers, for p = 1/100', () => {
    for (const trials of [1, 7, 100, 662]) {
      let term = 99n ** BigInt(trials);
      let sum = 0n;
      for (let k = 0; k <= Math.min(trials, 12); k++) {
        sum += term;
        const exact = Number((sum * 10n ** 20n) / 100n ** BigInt(trials)) / 1e20;
        expect(binomialAtMost(k, trials, 0.01)).toBeCloseTo(exact, 12);
        term = (term * BigInt(trials - k)) / (99n * BigInt(k + 1));
      }
    }
    expect(() => binomialAtMost(2, 1, 0.5)).toThrow(RangeError);
    expect(() => binomialAtMost(0, 1, 1)).toThrow(RangeError);
  });
});

describe('percentileAgainstLimit', () => {
  it('is sure of a p99 under the limit after 459 samples below it, or 662 with one above, at 99 %', () => {
    expect(percentileAgainstLimit(0, 458, 0.99, 0.99)).toBe('unknown');
    expect(percentileAgainstLimit(0, 459, 0.99, 0.99)).toBe('under');
    expect(percentileAgainstLimit(1, samplesNeeded(0.99) - 1, 0.99, 0.99)).toBe('unknown');
    expect(percentileAgainstLimit(1, samplesNeeded(0.99), 0.99, 0.99)).toBe('under');
  });

  it('is sure of a p99 over the limit after four of ten above it', () => {
    expect(percentileAgainstLimit(4, 10, 0.99, 0.999)).toBe('over');
    expect(percentileAgainstLimit(0, 0, 0.99, 0.95)).toBe('unknown');
  });

  it('is wrong no more often than it says where the p99 is the limit itself', () => {
    const random = createRandom(11);
    const trials = 4000;
    const said = { under: 0, over: 0, unknown: 0 };
    for (let trial = 0; trial < trials; trial++) {
      let above = 0;
      for (let i = 0; i < 800; i++) if (random.next() < 0.01) above++;
      said[percentileAgainstLimit(above, 800, 0.99, 0.95)]++;
    }
    expect(said.under / trials).toBeLessThan(0.06);
    expect(said.over / trials).toBeLessThan(0.06);
  });
});
