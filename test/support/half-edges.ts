import { floatFromHalf } from '../../reference/quantize/index.ts';
import { createRandom } from '../../reference/random.ts';

/**
 * float32 values where a rounding to float16 can go wrong: every half, every midpoint between neighbours, and the float32
 * neighbours of both, in both signs; what lies around 2^-24, 2^-14, 65504 and 65536; then random bit patterns of every
 * exponent.
 */
export function halfEdges(randomCount: number): Float32Array {
  const bits: number[] = [];
  const view = new DataView(new ArrayBuffer(4));
  const add = (value: number): void => {
    view.setFloat32(0, value);
    const pattern = view.getUint32(0);
    for (const near of [pattern - 1, pattern, pattern + 1]) {
      if (near >= 0 && near < 0x7f800000) bits.push(near, (near | 0x80000000) >>> 0);
    }
  };
  for (let half = 0; half < 0x7bff; half++) {
    add(floatFromHalf(half));
    add((floatFromHalf(half) + floatFromHalf(half + 1)) / 2);
  }
  for (const value of [65504, 65519, 65520, 65535, 65536, 1e30, 3.4028234663852886e38]) add(value);
  for (const value of [2 ** -149, 2 ** -126, 2 ** -27, 2 ** -26, 2 ** -25, 3 * 2 ** -26]) add(value);
  const random = createRandom(1);
  for (let i = 0; i < randomCount; i++) {
    const pattern = random.integer(0x10000) * 0x10000 + random.integer(0x10000);
    if ((pattern & 0x7f800000) !== 0x7f800000) bits.push(pattern);
  }
  return new Float32Array(Uint32Array.from(bits).buffer);
}
