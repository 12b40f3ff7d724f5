import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IOU_THRESHOLDS, RECALL_THRESHOLDS } from '../../../reference/evaluate/index.ts';
import { pairwiseMean } from '../../../reference/evaluate/pairwise-mean.ts';
import { fileOrder, orderByDescending, orderByKey } from '../../../reference/evaluate/stable-order.ts';

describe('thresholds as numpy.linspace makes them', () => {
  it('has IoU 0.8999999999999999, and 0.95 exactly', () => {
    expect(Array.from(IOU_THRESHOLDS)).toStrictEqual([
      0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95,
    ]);
  });

  it('has recalls i · 0.01, which are not i / 100 at ten points', () => {
    expect(RECALL_THRESHOLDS).toHaveLength(101);
    expect(RECALL_THRESHOLDS[100]).toBe(1);
    let differing = 0;
    for (let i = 0; i < 101; i++) {
      expect(RECALL_THRESHOLDS[i]).toBe(i * 0.01);
      if (RECALL_THRESHOLDS[i] !== i / 100) differing++;
    }
    expect(differing).toBe(10);
  });
});

describe('pairwiseMean', () => {
  /** `numpy.mean` of numpy 2.2.6 of the sequence below. */
  const NUMPY_MEANS: [count: number, mean: number][] = [
    [1, 7.826369259425611e-6],
    [7, 0.30636744408366484],
    [8, 0.3529296031817466],
    [9, 0.38919258125450945],
    [127, 0.5054958999002879],
    [128, 0.5034210163446474],
    [129, 0.5009208217126728],
    [1000, 0.49796137935387036],
    [1010, 0.4981980644978749],
    [8192, 0.5016813625998551],
    [8193, 0.501641973314924],
    [12345, 0.5001999613490968],
    [80800, 0.5004021638619227],
  ];
  it.each(NUMPY_MEANS)('of %i values equals numpy to the last bit', (count, mean) => {
    const values = new Float64Array(count);
    let state = 1;
    for (let i = 0; i < count; i++) {
      state = (state * 16807) % 2147483647;
      values[i] = state / 2147483647;
    }
    expect(pairwiseMean(values)).toBe(mean);
  });
});

describe('stable orders', () => {
  const anyScore = fc.oneof(
    fc.double({ noNaN: true }),
    fc.float({ noNaN: true }),
    fc.constantFrom(0, -0, 0.5, 0.25, 1e-310, -1e-310, Number.POSITIVE_INFINITY),
  );

  it('orderByDescending equals a stable comparison sort, zeros of both signs being equal', () => {
    fc.assert(
      fc.property(fc.array(anyScore, { maxLength: 60 }), (scores) => {
        const expected = scores
          .map((_, i) => i)
          .sort((a, b) => (scores[a]! === scores[b]! ? a - b : scores[b]! > scores[a]! ? 1 : -1));
        const order = orderByDescending(fileOrder(scores.length), Float64Array.from(scores));
        expect(Array.from(order)).toStrictEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('orderByKey keeps the order of equal keys, also of an order that is not that of the file', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(3)), { maxLength: 40 }), (pairs) => {
        const column = (c: 0 | 1): Uint32Array => Uint32Array.from(pairs, (pair) => pair[c]);
        const order = orderByKey(orderByKey(fileOrder(pairs.length), column(1), 4), column(0), 5);
        const expected = pairs
          .map((_, i) => i)
          .sort((a, b) => pairs[a]![0] - pairs[b]![0] || pairs[a]![1] - pairs[b]![1] || a - b);
        expect(Array.from(order)).toStrictEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
