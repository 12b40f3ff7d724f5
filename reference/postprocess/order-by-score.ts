/** Keys hold 32 bits of score and 21 bits of index in the 53 exact bits of a float64. */
const MOST = 2 ** 21;

/**
 * Indices of `scores` by descending score, **stable**: of equal scores the lower index first (−0 equals 0), as
 * `torch.sort(descending=True, stable=True)` orders them.
 *
 * The score's float32 bits, turned so that a greater score has the smaller integer, and the index below them make one
 * float64 key, so that a plain numeric sort is fast and stable.
 * @param scores float32 without NaN.
 * @throws RangeError for more than 2,097,152 scores.
 */
export function orderByScore(scores: Float32Array): Uint32Array {
  const count = scores.length;
  if (count > MOST) throw new RangeError(`cannot order ${count} scores: the most is ${MOST}`);
  const bits = new Uint32Array(count);
  const values = new Float32Array(bits.buffer);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = scores[i]! + 0;
    const pattern = bits[i]!;
    const descending = pattern >>> 31 ? pattern : ~pattern & 0x7fffffff;
    keys[i] = descending * MOST + i;
  }
  keys.sort();
  for (let i = 0; i < count; i++) bits[i] = keys[i]! % MOST;
  return bits;
}
