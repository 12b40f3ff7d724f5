import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogram } from '../../../reference/statistics/index.ts';

test('a value on an edge belongs to the bin above it, and what lies outside to the end bins', () => {
  expect(histogram([-5, 0, 0.5, 1, 1.999, 2, 9], [0, 1, 2, 3]).counts).toEqual([3, 2, 2]);
});

test('NaN is in no bin, infinities are in the end bins', () => {
  expect(
    histogram([Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], [0, 1, 2]).counts,
  ).toEqual([1, 1]);
});

test('edges that are too few or do not ascend are refused', () => {
  expect(() => histogram([1], [0])).toThrow('ascending');
  expect(() => histogram([1], [0, 0])).toThrow('ascending');
});

test('equals the count by comparison with every edge', () => {
  const edges = fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -25, max: 25 })), edges, (values, unsorted) => {
      const sorted = [...unsorted].sort((a, b) => a - b);
      const slow = sorted.slice(1).map((upper, i) => {
        const last = i === sorted.length - 2;
        return values.filter((v) => (i === 0 || v >= sorted[i]!) && (last || v < upper)).length;
      });
      expect(histogram(values, sorted).counts).toEqual(slow);
    }),
  );
});
