import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import { ratioInterval } from '../../../reference/statistics/index.ts';

const exactly = (value: number) => ({ value, low: value, high: value });

describe('ratio of two times, interval by the method of variance estimates recovery', () => {
  test('without intervals the ratio itself; with one alone, that divided', () => {
    expect(ratioInterval(exactly(12), exactly(10))).toEqual({ value: 1.2, low: 1.2, high: 1.2 });
    const { low, high } = ratioInterval({ value: 12, low: 11, high: 14 }, exactly(10));
    expect(low).toBeCloseTo(1.1, 12);
    expect(high).toBeCloseTo(1.4, 12);
  });

  test('turned around it is the reciprocal; never wider than both ends against each other, never narrower than either alone', () => {
    const time = fc
      .tuple(
        fc.double({ min: 0.1, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
      )
      .map(([value, below, above]) => ({ value, low: value * (1 - below), high: value * (1 + above) }));
    fc.assert(
      fc.property(time, time, (a, b) => {
        const found = ratioInterval(a, b);
        const turned = ratioInterval(b, a);
        expect(found.low * turned.high).toBeCloseTo(1, 9);
        expect(found.high * turned.low).toBeCloseTo(1, 9);
        expect(found.low).toBeGreaterThanOrEqual((a.low / b.high) * (1 - 1e-12));
        expect(found.high).toBeLessThanOrEqual((a.high / b.low) * (1 + 1e-12));
        expect(found.low).toBeLessThanOrEqual(Math.min(a.low / b.value, a.value / b.high) * (1 + 1e-12));
      }),
    );
  });

  test('of 4,000 pairs of log-normal estimates 95 % intervals hold the true ratio in 94 to 96 %', () => {
    const random = createRandom(1);
    const estimate = (truth: number, deviation: number) => {
      const value = truth * Math.exp(deviation * random.gaussian());
      const half = Math.exp(1.96 * deviation);
      return { value, low: value / half, high: value * half };
    };
    let held = 0;
    for (let i = 0; i < 4000; i++) {
      const { low, high } = ratioInterval(estimate(12, 0.02), estimate(10, 0.04));
      if (low <= 1.2 && 1.2 <= high) held++;
    }
    expect(held / 4000).toBeGreaterThan(0.94);
    expect(held / 4000).toBeLessThan(0.96);
  });

  test('what else moves the ratio makes it wider, alone as much as it is', () => {
    const { low, high } = ratioInterval(exactly(10), exactly(10), 0.1);
    expect(Math.log(high)).toBeCloseTo(0.1, 12);
    expect(Math.log(low)).toBeCloseTo(-0.1, 12);
  });

  test('RangeError for a time that is not positive or outside its interval', () => {
    for (const wrong of [
      exactly(0),
      { value: 1, low: 2, high: 3 },
      { value: 1, low: 0, high: 2 },
      exactly(Number.NaN),
    ])
      expect(() => ratioInterval(wrong, exactly(1))).toThrow(RangeError);
  });
});
