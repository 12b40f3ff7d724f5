import { createHash } from 'node:crypto';
import { dump } from 'npyjs';
import type { Tensor } from '../../reference/tensor.ts';

/** A network input as `.npy`: `|u1` where every value is a whole number of 0–255, a quarter of the bytes, and else `<f4`. */
export function encodeInput({ data, shape }: Tensor): Uint8Array {
  return new Uint8Array(dump(wholeBytes(data) ?? data, [...shape]));
}

function wholeBytes(data: Float32Array): Uint8Array | null {
  const bytes = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    bytes[at] = value;
    // −0 would come back as 0, which has other bits.
    if (bytes[at] !== value || Object.is(value, -0)) return null;
  }
  return bytes;
}

/** SHA-256 of the pixels as float32, little-endian: by it an input is known again, whatever it was kept in. */
export function hashPixels({ data }: Tensor): string {
  const { buffer, byteOffset, byteLength } = data;
  return createHash('sha256')
    .update(Buffer.from(buffer, byteOffset, byteLength))
    .digest('hex');
}
