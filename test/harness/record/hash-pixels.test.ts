import { expect, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import { hashPixels } from '../../../harness/record/hash-pixels.ts';
import { float32Tensor } from '../../../reference/tensor.ts';

test('pixels are known again by their values, whatever memory they lie in', () => {
  const values = [1, 2, 3];
  const bytes = Buffer.alloc(12);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, 4 * at);
  const view = Float32Array.of(9, ...values, 4).subarray(1, 4);
  for (const data of [Float32Array.from(values), view])
    expect(hashPixels(float32Tensor(data, [3]))).toBe(sha256(bytes));
});
