import { floatFromHalf } from '../../reference/quantize/half.ts';

let table: Float32Array | undefined;

/** binary16 bits to float32, which is exact; by a table, since a checkpoint has millions of them. */
export function widenFloat16(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, half) => floatFromHalf(half));
  const values = table;
  const wide = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = values[bits[i]];
  return wide;
}

/** bfloat16 bits, the upper half of a float32's, to float32. Exact. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i] << 16;
  return new Float32Array(wide.buffer);
}
