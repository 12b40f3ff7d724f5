import fc from 'fast-check';
import { parse } from 'npyjs';
import { expect, test } from 'vitest';
import { encodeInput, hashPixels } from '../../../harness/record/encode-input.ts';
import { float32Tensor } from '../../../reference/tensor.ts';

const value = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(-1, 256, 0.5, 254.99998, -0, 255.00002, 1e-30),
);

test('every input comes back bit by bit; bytes where all values are whole numbers of 0–255, else float32', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 12, maxLength: 12 }), (values) => {
      const data = Float32Array.from(values);
      const encoded = encodeInput(float32Tensor(data, [1, 3, 2, 2], 'NCHW'));
      const { data: back, shape, dtype } = parse(encoded.slice().buffer);
      expect(shape).toEqual([1, 3, 2, 2]);
      const whole = values.every(
        (one) => Number.isInteger(one) && one >= 0 && one < 256 && !Object.is(one, -0),
      );
      expect(dtype).toBe(whole ? 'u1' : 'f4');
      expect([...Float32Array.from(back as Float32Array)].every((one, at) => Object.is(one, data[at]))).toBe(
        true,
      );
    }),
  );
});

test('pixels are known again by their values, whatever memory they lie in', () => {
  const data = Float32Array.of(9, 1, 2, 3, 4);
  const [own, view] = [Float32Array.of(1, 2, 3), data.subarray(1, 4)];
  expect(hashPixels(float32Tensor(own, [3]))).toBe(hashPixels(float32Tensor(view, [3])));
  expect(hashPixels(float32Tensor(own, [3]))).not.toBe(
    hashPixels(float32Tensor(Float32Array.of(1, 2, 4), [3])),
  );
});
