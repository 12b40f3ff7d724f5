import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  openSimdRangeCheck,
  plainRangeCheck,
  type RangeCheck,
} from '../../../reference/postprocess/range-check.ts';
import { createRandom } from '../../../reference/random.ts';

/** From the description, number by number. */
const slow: RangeCheck = (data, channels) =>
  data.every((value, at) =>
    at % channels < 4 ? Number.isFinite(value) : value >= 0 && value < 2 && !Object.is(value, -0),
  );

const NOTABLE = [
  0,
  -0,
  1,
  2,
  -1,
  3,
  Math.fround(1.9999999),
  1e-45,
  -1e-45,
  3.4028234e38,
  -3.4028234e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
].map(Math.fround);

/** Rows that pass the check, apart from `notable` at `at`; they begin in the midst of their buffer. */
function rowsWith(rows: number, channels: number, at: number, notable: number): Float32Array {
  const random = createRandom(rows * channels + at);
  const data = new Float32Array(rows * channels + 3).subarray(3);
  for (let i = 0; i < data.length; i++) {
    data[i] = i % channels < 4 ? 100 * random.gaussian() : 1.999 * random.next();
  }
  data[at] = notable;
  return data;
}

describe('rangeCheck: reg finite, obj and cls in 0 … 2', () => {
  const simd = openSimdRangeCheck();

  test('this platform runs the SIMD instructions', () => {
    expect(simd).toBeDefined();
  });

  test.each([
    ['plain', plainRangeCheck],
    ['simd', simd!],
  ])('%s equals the slow oracle for any number of channels and any value anywhere', (_, check) => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.oneof(fc.integer({ min: 5, max: 60 }), fc.constant(85)),
        fc.nat(),
        fc.constantFrom(...NOTABLE),
        (rows, channels, place, notable) => {
          const data = rowsWith(rows, channels, place % (rows * channels), notable);
          const expected = slow(data, channels);
          if (!expected) refused++;
          expect(check(data, channels)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(200);
  });

  test.each([5, 6, 85, 1000, 16_384, 16_385, 20_000])(
    'one number beyond the range is found in each portion of many, %i channels',
    (channels) => {
      const rows = Math.ceil(60_000 / channels) + 1;
      const data = rowsWith(rows, channels, 0, 1);
      expect(simd!(data, channels)).toBe(true);
      for (let at = 4; at < data.length; at += 997) {
        const kept = data[at]!;
        data[at] = Number.NaN;
        expect(simd!(data, channels)).toBe(false);
        data[at] = kept;
      }
    },
  );
});
