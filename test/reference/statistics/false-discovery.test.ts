import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustForFalseDiscovery } from '../../../reference/statistics/index.ts';

/** `p.adjust(p, "BH")` of R 4.6.0; the first are the p values of Benjamini and Hochberg's own example. */
const GOLDEN: readonly (readonly [readonly (number | null)[], readonly (number | null)[]])[] = [
  [
    [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ],
    [
      0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645,
      0.07650000000000001, 0.486, 0.5811818181818181, 0.7148749999999999, 0.7532307692307693,
      0.8132142857142857, 1,
    ],
  ],
  [
    [0.5719, 0.0201, null, 0.0001, 0.0278, 1, 0.0095, 0.0201],
    [0.6672166666666667, 0.035175, null, 0.0007, 0.038919999999999996, 1, 0.03325, 0.035175],
  ],
  [
    [0.03, 0.01, 0.04, 0.02, 0.05],
    [0.05, 0.05, 0.05, 0.05, 0.05],
  ],
];

describe('p values adjusted for false discovery', () => {
  it.each(GOLDEN)('equal those of R', (given, expected) => {
    const adjusted = adjustForFalseDiscovery(given);
    for (const [i, p] of expected.entries()) {
      if (p === null) expect(adjusted[i]).toBeNull();
      else expect(Math.abs(adjusted[i]! - p)).toBeLessThan(1e-15);
    }
  });

  it('call significant what the step-up rule of the paper does', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (given) => {
        const sorted = [...given].sort((a, b) => a - b);
        const last = sorted.findLastIndex((p, i) => (sorted.length / (i + 1)) * p <= 0.1);
        const rejected = adjustForFalseDiscovery(given).filter((p) => p! <= 0.1).length;
        expect(rejected).toBe(last + 1);
      }),
    );
  });

  it('are none for none, and refuse what is no p value', () => {
    expect(adjustForFalseDiscovery([])).toEqual([]);
    expect(adjustForFalseDiscovery([null])).toEqual([null]);
    for (const p of [-0.1, 1.1, Number.NaN]) {
      expect(() => adjustForFalseDiscovery([0.5, p])).toThrow(/from 0 to 1/);
    }
  });
});
