/** numpy adds a long array in pieces of this many terms, the size of its iterator's buffer, one piece after another. */
const PIECE = 8192;
/** Within a piece it splits the sum in halves down to this many terms. */
const BLOCK = 128;

/**
 * Mean of `values[0, count)` to the last bit of `numpy.mean` of a contiguous float64 array, whose sum is pairwise
 * (numpy `loops_utils.h.src`, `pairwise_sum`). NaN when `count` is 0.
 *
 * The order is that of numpy 1.x to 2.2. From 2.3 on numpy no longer cuts long arrays into pieces, which changes the last
 * bit of some means of more than 8192 values.
 */
export function pairwiseMean(values: Float64Array, count: number = values.length): number {
  let sum = 0;
  for (let i = 0; i < count; i += PIECE) sum += pairwiseSum(values, i, Math.min(PIECE, count - i));
  return sum / count;
}

function pairwiseSum(values: Float64Array, start: number, count: number): number {
  if (count < 8) {
    let sum = 0;
    for (let i = start; i < start + count; i++) sum += values[i]!;
    return sum;
  }
  if (count > BLOCK) {
    const half = Math.floor(count / 2);
    const first = half - (half % 8);
    return pairwiseSum(values, start, first) + pairwiseSum(values, start + first, count - first);
  }
  // Eight running sums: the order of the additions decides the last bit.
  let a = values[start]!;
  let b = values[start + 1]!;
  let c = values[start + 2]!;
  let d = values[start + 3]!;
  let e = values[start + 4]!;
  let f = values[start + 5]!;
  let g = values[start + 6]!;
  let h = values[start + 7]!;
  const whole = start + count - (count % 8);
  let i = start + 8;
  for (; i < whole; i += 8) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
    e += values[i + 4]!;
    f += values[i + 5]!;
    g += values[i + 6]!;
    h += values[i + 7]!;
  }
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (; i < start + count; i++) sum += values[i]!;
  return sum;
}
