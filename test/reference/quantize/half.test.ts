import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  floatFromHalf,
  halfFromFloat,
  vendorFloatFromHalf,
  vendorHalfFromFloat,
} from '../../../reference/quantize/index.ts';

/** All finite halves in ascending order of magnitude: the slow oracle searches among them. */
const MAGNITUDES = Array.from({ length: 0x7c00 }, (_, bits) => floatFromHalf(bits));

function nearest(magnitude: number, tieUp: (lower: number) => boolean): number {
  let low = 0;
  let high = MAGNITUDES.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (MAGNITUDES[middle] <= magnitude) low = middle;
    else high = middle;
  }
  if (MAGNITUDES[high] <= magnitude) return high;
  const below = magnitude - MAGNITUDES[low];
  const above = MAGNITUDES[high] - magnitude;
  return below < above || (below === above && !tieUp(low)) ? low : high;
}

describe('float16, IEEE half to even', () => {
  it('comes back bit by bit for every half', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = floatFromHalf(bits);
      if (Number.isNaN(value)) expect(halfFromFloat(value) & 0x7e00).toBe(0x7e00);
      else if (halfFromFloat(value) !== bits) throw new Error(`bits ${bits.toString(16)} do not come back`);
    }
  });
  it('takes the nearest of all halves, the even one of a tie', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-9), max: 65519, noNaN: true }), (value) => {
        expect(halfFromFloat(value)).toBe(nearest(value, (low) => low % 2 === 1));
        expect(halfFromFloat(-value)).toBe(0x8000 | nearest(value, (low) => low % 2 === 1));
      }),
      { numRuns: 2000 },
    );
  });
  it('rounds every midpoint between neighbours to the even one, and off it to the nearer', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const middle = (MAGNITUDES[bits] + MAGNITUDES[bits + 1]) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (halfFromFloat(middle) !== even) throw new Error(`midpoint above ${bits.toString(16)}`);
      if (halfFromFloat(middle * (1 + 2 ** -20)) !== bits + 1) throw new Error(`over ${bits.toString(16)}`);
      if (halfFromFloat(middle * (1 - 2 ** -20)) !== bits) throw new Error(`under ${bits.toString(16)}`);
    }
  });
  it('overflows to infinity from 65520', () => {
    expect(halfFromFloat(65519.99)).toBe(0x7bff);
    expect(halfFromFloat(65520)).toBe(0x7c00);
    expect(halfFromFloat(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
  });
});

describe("float16, the vendor's castFloat32ToHalf", () => {
  it('rounds ties away from zero and keeps subnormals', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(2 ** -24), max: 65503, noNaN: true }), (value) => {
        // "The first dropped bit" is half away from zero in magnitude for everything that is not dropped whole.
        expect(vendorHalfFromFloat(value)).toBe(nearest(value, () => true));
      }),
      { numRuns: 2000 },
    );
    for (let bits = 1; bits < 0x7bff; bits++) {
      const middle = (MAGNITUDES[bits] + MAGNITUDES[bits + 1]) / 2;
      if (vendorHalfFromFloat(middle) !== bits + 1) throw new Error(`midpoint above ${bits.toString(16)}`);
    }
  });
  it('makes a tinier non-zero value the smallest subnormal, and zero zero', () => {
    expect(vendorHalfFromFloat(1e-30)).toBe(1);
    expect(vendorHalfFromFloat(-1e-30)).toBe(0x8001);
    expect(vendorHalfFromFloat(0)).toBe(0);
    expect(vendorHalfFromFloat(-0)).toBe(0x8000);
  });
  it('saturates to ±65504, infinities too, in both directions', () => {
    for (const large of [65504, 65536, 1e30, Number.POSITIVE_INFINITY]) {
      expect(vendorFloatFromHalf(vendorHalfFromFloat(large))).toBe(65504);
      expect(vendorFloatFromHalf(vendorHalfFromFloat(-large))).toBe(-65504);
    }
    expect(vendorHalfFromFloat(65530)).toBe(0x7c00);
    expect(vendorFloatFromHalf(0x7c00)).toBe(65504);
    expect(vendorFloatFromHalf(vendorHalfFromFloat(Number.NaN))).toBeNaN();
  });
});
