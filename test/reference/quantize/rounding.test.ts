import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  roundHalfAwayFromZero,
  roundHalfToEven,
  roundHalfUp,
  roundingFunction,
} from '../../../reference/quantize/index.ts';

const TIES = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5];
const BELOW_HALF = Math.fround(0.49999997);

describe('rounding modes', () => {
  it.each([
    ['half-away-from-zero', [-4, -3, -2, -1, 1, 2, 3, 4]],
    ['half-to-even', [-4, -2, -2, 0, 0, 2, 2, 4]],
    ['half-up', [-3, -2, -1, 0, 1, 2, 3, 4]],
  ] as const)('%s on exact ties', (mode, expected) => {
    expect(TIES.map(roundingFunction(mode))).toEqual(expected);
  });

  it.each([roundHalfAwayFromZero, roundHalfToEven, roundHalfUp])(
    'the float32 just below a half goes to zero, just above to one: %o',
    (round) => {
      for (const below of [BELOW_HALF, 0.49999999999999994]) {
        expect(round(below)).toBe(0);
        expect(round(-below)).toBe(0);
      }
      expect(round(Math.fround(0.50000006))).toBe(1);
      expect(round(Math.fround(-0.50000006))).toBe(-1);
    },
  );

  it.each([roundHalfAwayFromZero, roundHalfToEven, roundHalfUp])('zero is always +0: %o', (round) => {
    for (const value of [0, -0, -0.25, 0.25]) expect(Object.is(round(value), 0)).toBe(true);
  });

  it('agrees with BigInt arithmetic on every multiple of 1/512 up to the int16 range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40000 * 512, max: 40000 * 512 }), (units) => {
        const value = units / 512;
        const floor = (n: bigint): bigint => (n >= 0n ? n / 512n : -((-n + 511n) / 512n));
        const below = floor(BigInt(units));
        const twiceRest = 2n * (BigInt(units) - below * 512n) - 512n;
        const nearest = (tie: bigint): number =>
          Number(twiceRest < 0n ? below : twiceRest > 0n ? below + 1n : tie);
        expect(roundHalfUp(value)).toBe(nearest(below + 1n));
        expect(roundHalfToEven(value)).toBe(nearest(below % 2n === 0n ? below : below + 1n));
        expect(roundHalfAwayFromZero(value)).toBe(nearest(units > 0 ? below + 1n : below));
      }),
      { numRuns: 3000 },
    );
  });

  it('passes NaN and infinities through', () => {
    for (const round of [roundHalfAwayFromZero, roundHalfToEven, roundHalfUp]) {
      expect(round(Number.NaN)).toBeNaN();
      expect(round(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
      expect(round(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    }
  });
});
