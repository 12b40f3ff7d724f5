import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { npyFromTensor, tensorFromNpy } from '../../../harness/device/npy-payload.ts';
import { BackendError } from '../../../harness/errors.ts';
import { elementCount, float32Tensor } from '../../../reference/tensor.ts';

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
const header = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').split('\n')[0]!;

describe('tensors as .npy', () => {
  test('float32 comes back to the bit, NaN, infinities and −0 with it', () => {
    fc.assert(
      fc.property(
        shapes.chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.float32Array({ minLength: elementCount(shape), maxLength: elementCount(shape) }),
          ),
        ),
        ([shape, data]) => {
          data[0] = 0.5;
          const back = tensorFromNpy(npyFromTensor(float32Tensor(data, shape)));
          expect(back.shape).toEqual(shape);
          expect(new Uint32Array(back.data.buffer, back.data.byteOffset, back.data.length)).toEqual(
            new Uint32Array(data.buffer, data.byteOffset, data.length),
          );
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  test('whole numbers of 0–255 take a byte each; anything else four', () => {
    const bytes = npyFromTensor(float32Tensor(Float32Array.from([0, 1, 255]), [1, 3]));
    expect(header(bytes)).toContain("'descr':'|u1'");
    expect([...bytes.subarray(-3)]).toEqual([0, 1, 255]);
    for (const other of [256, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -0]) {
      expect(header(npyFromTensor(float32Tensor(Float32Array.from([0, other]), [2])))).toContain(
        "'descr':'<f4'",
      );
    }
  });

  test('another type, another order, a cut file and no file are refused', () => {
    const good = npyFromTensor(float32Tensor(Float32Array.from([0.5, 1, 2]), [3]));
    const text = Buffer.from(good).toString('latin1');
    for (const bad of [
      text.replace('<f4', '<i4'),
      text.replace('False', 'True '),
      text.slice(0, -4),
      text.slice(0, -1),
      `${text}\0\0\0\0`,
      'no tensor at all',
      '',
    ]) {
      expect(() => tensorFromNpy(Buffer.from(bad, 'latin1')), bad).toThrow(BackendError);
    }
  });
});
