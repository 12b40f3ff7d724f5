import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ComparedDiff,
  DEFAULT_RTOL,
  TENSOR_METRICS,
  type TensorDiff,
  tensorDiff,
} from '../../../reference/compare/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { readNpy } from '../../support/npy.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const diffOf = (b: number[], a: number[], rtol?: number): TensorDiff =>
  tensorDiff(
    float32Tensor(Float32Array.from(b), [b.length]),
    float32Tensor(Float32Array.from(a), [a.length]),
    rtol === undefined ? {} : { rtol },
  );

function compared(diff: TensorDiff): ComparedDiff {
  if (diff.state !== 'compared') throw new Error(`not compared: ${diff.mismatches} mismatches`);
  return diff;
}

/** Exact sums of float32 products: every term is an integer multiple of 2⁻²⁹⁸ and goes into one BigInt. */
function exactSum(terms: [number, number][]): number {
  const unit = 2n ** 149n;
  const scaled = (x: number): bigint => {
    let exponent = 0;
    let mantissa = x;
    while (!Number.isInteger(mantissa)) {
      mantissa *= 2;
      exponent++;
    }
    return (BigInt(mantissa) * unit) >> BigInt(exponent);
  };
  const total = terms.reduce((sum, [x, y]) => sum + scaled(x) * scaled(y), 0n);
  const negative = total < 0n;
  const size = negative ? -total : total;
  const digits = size.toString(2).length;
  const drop = Math.max(0, digits - 60);
  const value = Number(size >> BigInt(drop)) * 2 ** (drop - 298);
  return negative ? -value : value;
}

const value = fc.float({ min: -1000, max: 1000, noNaN: true }).map((x) => (Math.abs(x) < 1e-20 ? 0 : x));

describe('tensorDiff, e = actual − reference', () => {
  it('gives the figures of a small example', () => {
    const diff = compared(diffOf([1, -2, 0, 4], [1.5, -2, 0.25, 3], 0.125));
    expect(diff.maxAbs).toBe(1);
    expect(diff.maxAbsAt).toBe(3);
    expect(diff.maxRel).toBe(Number.POSITIVE_INFINITY);
    expect(diff.maxRelAt).toBe(2);
    expect(diff.meanAbs).toBe(1.75 / 4);
    expect(diff.meanSigned).toBe(-0.25 / 4);
    expect(diff.rms).toBe(Math.sqrt(1.3125 / 4));
    expect(diff.diff1).toBe(0.25);
    expect(diff.diff2).toBeCloseTo(Math.sqrt(1.3125 / 21), 15);
    expect(diff.diff3).toBe(0.5);
    expect(diff.diff4).toBeNull();
    expect(diff.sqnr).toBeCloseTo(10 * Math.log10(21 / 1.3125), 12);
    expect(diff.cosine).toBeCloseTo(17.5 / Math.sqrt(21 * (2.25 + 4 + 0.0625 + 9)), 15);
    // |e| − 0.125·|b|: 0.375, −0.25, 0.25, 0.5.
    expect(diff.requiredAtol).toBe(0.5);
  });

  it('agrees with exact sums', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 60 }), (pairs) => {
        const b = pairs.map(([x]) => x);
        const a = pairs.map(([, y]) => y);
        const diff = compared(diffOf(b, a));
        // Errors are taken from float32 values exactly enough for float64: 2⁻⁵³ of each.
        const bb = exactSum(b.map((x) => [x, x]));
        const aa = exactSum(a.map((x) => [x, x]));
        const ab = exactSum(pairs);
        const near = (got: number, expected: number, size: number) =>
          expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-13 * size + 1e-30);
        const e = pairs.map(([x, y]) => y - x);
        const absolute = e.map(Math.abs);
        const total = absolute.reduce((s, x) => s + x, 0);
        near(diff.meanSigned, e.reduce((s, x) => s + x, 0) / e.length, total);
        near(diff.meanAbs, total / e.length, total);
        expect(diff.maxAbs).toBe(Math.max(...absolute));
        expect(diff.requiredAtol).toBe(
          Math.max(0, ...e.map((x, i) => Math.abs(x) - DEFAULT_RTOL * Math.abs(b[i]!))),
        );
        if (bb > 0 && aa > 0) near(diff.cosine, ab / Math.sqrt(bb) / Math.sqrt(aa), 1);
        const ee = e.reduce((s, x) => s + x * x, 0);
        if (bb > 0) near(diff.diff2, Math.sqrt(ee / bb), Math.sqrt(ee / bb));
        if (bb > 0 && ee > 0) expect(diff.sqnr).toBeCloseTo(10 * Math.log10(bb / ee), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('has a required tolerance that just passes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (pairs) => {
        const { requiredAtol, rtol } = compared(
          diffOf(
            pairs.map(([x]) => x),
            pairs.map(([, y]) => y),
          ),
        );
        const passes = (atol: number) =>
          pairs.every(([b, a]) => Math.abs(a - b) - rtol * Math.abs(b) <= atol);
        expect(passes(requiredAtol)).toBe(true);
        if (requiredAtol > 0) expect(passes(requiredAtol * (1 - 1e-15))).toBe(false);
      }),
    );
  });

  it('of equal tensors is all 0, cosine 1, SQNR infinite', () => {
    const diff = compared(diffOf([1, 0.1, -7], [1, 0.1, -7]));
    expect(diff).toMatchObject({
      maxAbs: 0,
      maxAbsAt: -1,
      maxRel: 0,
      diff1: 0,
      diff2: 0,
      diff3: 0,
      cosine: 1,
      sqnr: Number.POSITIVE_INFINITY,
      requiredAtol: 0,
    });
  });

  it('has cosine 1 of two zero vectors and 0 of one', () => {
    expect(compared(diffOf([0, 0], [0, -0])).cosine).toBe(1);
    expect(compared(diffOf([0, 0], [0, 1]))).toMatchObject({
      cosine: 0,
      diff1: Number.POSITIVE_INFINITY,
      diff2: Number.POSITIVE_INFINITY,
      sqnr: Number.NEGATIVE_INFINITY,
    });
    expect(compared(diffOf([3, 0], [0, 0]))).toMatchObject({ cosine: 0, diff1: 1, diff2: 1, sqnr: -0 });
  });

  it('takes diff3 absolute where |b| <= 1e-6', () => {
    expect(compared(diffOf([1e-7, 2], [0.25, 2])).diff3).toBeCloseTo(0.25, 6);
  });

  it('gives diff4 as the share of positive errors, from 100 errors on', () => {
    const reference = new Array<number>(150).fill(1);
    const actual = reference.map((x, i) => (i < 50 ? x : i < 80 ? x - 0.5 : x + 0.5));
    expect(compared(diffOf(reference, actual)).diff4).toBe(0.7);
    expect(compared(diffOf(reference.slice(0, 149), actual.slice(0, 149))).diff4).toBeNull();
  });

  it.each([
    [
      [1, Number.NaN, 2],
      [1, 5, 2],
    ],
    [
      [1, 5, 2],
      [1, Number.NaN, 2],
    ],
    [
      [1, Number.POSITIVE_INFINITY, 2],
      [1, Number.NEGATIVE_INFINITY, 2],
    ],
    [
      [1, Number.POSITIVE_INFINITY, 2],
      [1, Number.NaN, 2],
    ],
  ])('is a failure, never skipped, with NaN or Infinity on one side: %j %j', (b, a) => {
    expect(diffOf(b, a)).toEqual({ state: 'non-finite', count: 3, mismatches: 1, firstAt: 1 });
  });

  it('counts NaN and Infinity that both sides share, and leaves them out of the figures', () => {
    const diff = compared(
      diffOf([Number.NaN, Number.POSITIVE_INFINITY, 2], [Number.NaN, Number.POSITIVE_INFINITY, 3]),
    );
    expect(diff).toMatchObject({ count: 3, equalNonFinite: 2, meanAbs: 1, diff1: 0.5 });
    expect(() => diffOf([Number.NaN], [Number.NaN])).toThrow(RangeError);
  });

  it('refuses other shapes, no elements, and a negative rtol', () => {
    expect(() => diffOf([1], [1, 2])).toThrow(/\[1\] and \[2\]/);
    expect(() => diffOf([], [])).toThrow(RangeError);
    expect(() => diffOf([1], [1], -1)).toThrow(RangeError);
  });

  it('loses nothing over a million elements whose errors cancel', () => {
    const random = createRandom(1);
    const count = 1_000_000;
    const b = Float32Array.from({ length: count }, () => random.gaussian());
    const a = b.map((x, i) => x + (i % 2 === 0 ? 0.5 : -0.5));
    const diff = compared(tensorDiff(float32Tensor(b, [count]), float32Tensor(a, [count])));
    let error = 0n;
    for (let i = 0; i < count; i++) error += BigInt(Math.round((a[i]! - b[i]!) * 2 ** 40));
    expect(Math.abs(diff.meanSigned - Number(error) / 2 ** 40 / count)).toBeLessThan(1e-11);
    expect(diff.sqnr).toBeCloseTo(10 * Math.log10(4), 1);
  });

  it('has every metric of the table, and no figure without one', () => {
    const diff = compared(diffOf([1, 2], [1, 3]));
    for (const { key } of TENSOR_METRICS) expect(diff).toHaveProperty(key);
    const known = new Set<string>(TENSOR_METRICS.map((metric) => metric.key));
    const others = ['state', 'count', 'equalNonFinite', 'rtol', 'maxAbsAt', 'maxRelAt'];
    expect(
      Object.keys(diff)
        .filter((key) => !known.has(key))
        .sort(),
    ).toEqual(others.sort());
  });
});

describe.skipIf(!hasShared)('tensorDiff on YOLOX-nano', () => {
  it('finds plain float about 45 dB away from the exact int16 output', () => {
    const float = readNpy(sharedPath('golden', 'network', '000000397133_raw.npy'));
    const int16 = readNpy(sharedPath('golden', 'quantize', 'int16_000000397133_raw.npy'));
    const { sqnr, cosine } = compared(tensorDiff(int16, float));
    expect(sqnr).toBeGreaterThan(44);
    expect(sqnr).toBeLessThan(46);
    expect(cosine).toBeGreaterThan(0.9999);
  });
});
