import { sha256 } from '../../datasets/sha256.ts';
import type { Tensor } from '../../reference/tensor.ts';

/** SHA-256 of a network input as float32, little-endian: by it an input is known again, whatever file it was kept in. */
export function hashPixels({ data: { buffer, byteOffset, byteLength } }: Tensor): string {
  return sha256(new Uint8Array(buffer, byteOffset, byteLength));
}
