import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, sortSamples } from '../../../reference/statistics/index.ts';

describe('quantile, R-7', () => {
  it('is linear between order statistics at (n − 1)·p', () => {
    const samples = sortSamples([40, 10, 30, 20]);
    expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile(samples, p))).toEqual([10, 17.5, 25, 37, 40]);
  });

  it('has (n − 1)·p samples at or below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p) => {
          const q = quantile(sortSamples(values), p);
          const place = (values.length - 1) * p;
          expect(values.filter((x) => x <= q + 1e-9).length).toBeGreaterThanOrEqual(Math.floor(place) + 1);
          expect(values.filter((x) => x >= q - 1e-9).length).toBeGreaterThanOrEqual(
            values.length - Math.ceil(place),
          );
        },
      ),
    );
  });

  it('does not take unsorted data, nor leaves its input changed', () => {
    const values = [3, 1, 2];
    sortSamples(values);
    expect(values).toEqual([3, 1, 2]);
    // @ts-expect-error a plain array is not sorted
    quantile([1, 2, 3], 0.5);
  });

  it('refuses no samples, NaN, Infinity, and shares outside 0 … 1', () => {
    for (const bad of [[], [1, Number.NaN], [Number.POSITIVE_INFINITY]]) {
      expect(() => sortSamples(bad)).toThrow(RangeError);
    }
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => quantile(sortSamples([1]), p)).toThrow(RangeError);
  });
});
