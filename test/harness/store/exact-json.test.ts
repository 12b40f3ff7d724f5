import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactJson, parseExactJson } from '../../../harness/store/exact-json.ts';

const leaf = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.float32Array(),
  fc.float64Array(),
  fc.uint16Array(),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => !key.startsWith('$') && key !== '__proto__'),
      tie('value'),
    ),
  ),
}));

test('gives back every number and array of floats to the bit', () => {
  fc.assert(
    fc.property(value, (given) => {
      // `toEqual` tells −0 from 0, and one typed array from another.
      expect(parseExactJson(exactJson(given))).toEqual(given);
    }),
  );
});

test('a view of a part of a buffer is that part alone', () => {
  const whole = Float32Array.of(1, 2, 3, 4);
  expect(parseExactJson(exactJson(whole.subarray(1, 3)))).toEqual(Float32Array.of(2, 3));
});

test('what only looks like an array is left as it is', () => {
  for (const given of [{ $f32: 1 }, { $f32: 'AAAA', b: 1 }, { $number: 'none' }])
    expect(parseExactJson(JSON.stringify(given))).toEqual(given);
});
