import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import { medianInterval, samplesNeeded, summarizeLatency } from '../../../reference/statistics/index.ts';

describe('summarizeLatency', () => {
  it('gives the figures of a small series, sd with n − 1, MAD not scaled', () => {
    const summary = summarizeLatency([4, 1, 2, 3, 10], 2);
    expect(summary).toMatchObject({ count: 5, min: 1, max: 10, mean: 4, mad: 1, p50: 3, throughput: 500 });
    expect(summary.standardDeviation).toBeCloseTo(Math.sqrt(50 / 4), 12);
    expect(summary.p50Interval).toBeNull();
  });

  it.each([
    ['p90', 64],
    ['p95', 130],
    ['p99', 662],
  ] as const)('shows %s from %d samples on and says how many are needed before', (name, needed) => {
    const series = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
    expect(summarizeLatency(series(needed - 1))[name]).toEqual({ milliseconds: null, samplesNeeded: needed });
    const shown = summarizeLatency(series(needed))[name];
    expect(shown.milliseconds).toBeCloseTo(1 + (needed - 1) * (Number(name.slice(1)) / 100), 9);
  });

  it('has no standard deviation for one sample', () => {
    expect(summarizeLatency([5])).toMatchObject({ standardDeviation: null, p50: 5, mad: 0, throughput: 200 });
  });

  it('refuses no samples, NaN, negative times, a mean of 0, and half a batch', () => {
    for (const bad of [[], [Number.NaN], [-1, 2], [0, 0]]) {
      expect(() => summarizeLatency(bad)).toThrow(RangeError);
    }
    expect(() => summarizeLatency([1], 0.5)).toThrow(RangeError);
  });
});

describe('samplesNeeded', () => {
  it('is the least count with two samples above the percentile at 99 % confidence, by trial', () => {
    const random = createRandom(1);
    const needed = samplesNeeded(0.9);
    const trials = 40_000;
    const share = (count: number): number => {
      let enough = 0;
      for (let t = 0; t < trials; t++) {
        let above = 0;
        for (let i = 0; i < count; i++) if (random.next() > 0.9) above++;
        if (above >= 2) enough++;
      }
      return enough / trials;
    };
    expect(share(needed)).toBeGreaterThan(0.988);
    expect(share(needed - 12)).toBeLessThan(0.98);
    expect(() => samplesNeeded(1)).toThrow(RangeError);
  });
});

describe('medianInterval', () => {
  /** Exact, in integers: 2ⁿ times the chance that at most `low` of n fall below. */
  function exactTail(count: number, low: number): number {
    let term = 1n;
    let sum = 0n;
    for (let k = 0; k <= low; k++) {
      sum += term;
      term = (term * BigInt(count - k)) / BigInt(k + 1);
    }
    return Number((sum * 10n ** 20n) / 2n ** BigInt(count)) / 1e20;
  }

  it('is the narrowest pair of order statistics with 95 %, for every count to 300 and for 2,000', () => {
    for (const count of [...Array.from({ length: 300 }, (_, i) => i + 1), 2000]) {
      const interval = medianInterval(count);
      if (interval === null) {
        expect(count).toBeLessThan(6);
        continue;
      }
      expect(interval.high).toBe(count - 1 - interval.low);
      expect(interval.confidence).toBeCloseTo(1 - 2 * exactTail(count, interval.low), 10);
      expect(interval.confidence).toBeGreaterThanOrEqual(0.95);
      expect(1 - 2 * exactTail(count, interval.low + 1)).toBeLessThan(0.95);
    }
  });

  it('encloses the median of skewed samples as often as it says', () => {
    const random = createRandom(2);
    const trials = 4000;
    const { low, high, confidence } = medianInterval(25)!;
    let enclosed = 0;
    for (let t = 0; t < trials; t++) {
      const samples = Array.from({ length: 25 }, () => -Math.log(1 - random.next())).sort((a, b) => a - b);
      if (samples[low]! <= Math.LN2 && samples[high]! >= Math.LN2) enclosed++;
    }
    expect(Math.abs(enclosed / trials - confidence)).toBeLessThan(0.012);
  });

  it('refuses counts and confidences that mean nothing', () => {
    expect(() => medianInterval(0)).toThrow(RangeError);
    expect(() => medianInterval(10, 1)).toThrow(RangeError);
  });
});
