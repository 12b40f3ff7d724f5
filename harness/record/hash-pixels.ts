import { createHash } from 'node:crypto';
import type { Tensor } from '../../reference/tensor.ts';

/** SHA-256 of a network input as float32, little-endian: by it an input is known again, whatever file it was kept in. */
export function hashPixels({ data: { buffer, byteOffset, byteLength } }: Tensor): string {
  return createHash('sha256')
    .update(Buffer.from(buffer, byteOffset, byteLength))
    .digest('hex');
}
