import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../../reference/random.ts';
import { findWarmUp, quantile, ranks, sortSamples } from '../../../reference/statistics/index.ts';

/** Latencies as machines give them: skewed, and one in thirty is an interruption of ten times the rest. */
function steady(random: Random, count: number, level = 10): number[] {
  return Array.from({ length: count }, () => {
    const noise = 0.2 * -Math.log(1 - random.next());
    return level + noise + (random.next() < 1 / 30 ? 10 * level * random.next() : 0);
  });
}

/** The rule as it is written down: every cut by itself, two passes, quadratic. */
function slowWarmUp(series: readonly number[], largestShare: number): number {
  const late = sortSamples(series.slice(Math.floor(series.length / 2)));
  const [q1, q2, q3] = [0.25, 0.5, 0.75].map((p) => quantile(late, p)) as [number, number, number];
  const values = series.map((value) => {
    if (q1 === q3) return value === q2 ? 0 : value > q2 ? 1 : -1;
    return Math.min(Math.max(value, q2 - 2 * (q3 - q1)), q2 + 2 * (q3 - q1));
  });
  let best = { cut: 0, error: Number.POSITIVE_INFINITY };
  for (let cut = 0; cut <= series.length * largestShare; cut++) {
    const kept = values.slice(cut);
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const error = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length ** 2;
    if (error < best.error * (1 - 1e-9)) best = { cut, error };
  }
  return best.cut;
}

describe('ranks', () => {
  test('ties share the mean of their places', () => {
    expect(ranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
    expect(ranks([])).toEqual([]);
  });
});

describe('findWarmUp', () => {
  test('is the marginal standard error rule on clipped samples, cut by cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 10, maxLength: 60 }),
        fc.constantFrom(0, 0.25, 0.5),
        (series, share) => {
          expect(findWarmUp(series, share).length).toBe(slowWarmUp(series, share));
        },
      ),
    );
  });

  test('finds a start that is slower, to within a few samples, outliers or not', () => {
    const random = createRandom(1);
    let left = 0;
    let far = 0;
    for (let t = 0; t < 500; t++) {
      const length = 1 + random.integer(20);
      const series = [...steady(random, length, 14), ...steady(random, 60 + random.integer(140))];
      const found = findWarmUp(series).length;
      left += Math.max(0, length - found);
      if (found > length + 10) far++;
    }
    expect(left / 500).toBeLessThan(0.1);
    expect(far / 500).toBeLessThan(0.03);
  });

  test('a slow decay into the steady state goes as long as it can be seen', () => {
    const random = createRandom(2);
    // Three times the level at first; 45 samples on, what is left of it is less than the spread of the noise.
    const found = Array.from(
      { length: 200 },
      () => findWarmUp(steady(random, 200).map((value, i) => value + 20 * Math.exp(-i / 10))).length,
    );
    expect(found.filter((length) => length < 30).length).toBeLessThan(5);
    expect(found.reduce((sum, length) => sum + length, 0) / found.length).toBeLessThan(55);
  });

  test('a steady series loses almost nothing', () => {
    const random = createRandom(3);
    const lost = Array.from({ length: 2000 }, () => findWarmUp(steady(random, 100)).length);
    expect(lost.reduce((sum, length) => sum + length, 0) / lost.length).toBeLessThan(1.5);
    expect(lost.filter((length) => length > 10).length / lost.length).toBeLessThan(0.02);
  });

  test('takes no more than its share, and says when it would', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 80 }), (series) => {
        expect(findWarmUp(series).length).toBeLessThanOrEqual(series.length / 2);
      }),
    );
    const falling = Array.from({ length: 100 }, (_, i) => 200 - i);
    expect(findWarmUp(falling)).toEqual({ length: 50, settled: false });
  });

  test('a series that never changes, or is too short to judge, has none', () => {
    expect(findWarmUp(new Array(50).fill(2))).toEqual({ length: 0, settled: true });
    expect(findWarmUp([100, 1, 1, 1, 1, 1, 1, 1, 1])).toEqual({ length: 0, settled: true });
    expect(() => findWarmUp([1], 0.6)).toThrow(RangeError);
    expect(() => findWarmUp(new Array(10).fill(Number.NaN))).toThrow(RangeError);
  });
});
