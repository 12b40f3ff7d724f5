/**
 * Ranks of a series, 0 for the least, ties sharing their mean rank, less the mean of all ranks.
 * @param values finite numbers.
 */
export function centredRanks(values: Float32Array): Float64Array {
  const count = values.length;
  const sorted = values.slice().sort();
  const middle = (count - 1) / 2;
  const ranks = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const first = firstAtLeast(sorted, value);
    let last = first;
    while (last + 1 < count && sorted[last + 1] === value) last++;
    ranks[i] = (first + last) / 2 - middle;
  }
  return ranks;
}

/**
 * Spearman's rank correlation: how far two series rise and fall together, whatever monotone function was applied to one of
 * them.
 * @param a,b ranks as `centredRanks` gives them, of as many values.
 * @returns −1 … 1; 0 where a series has one value only, or fewer than two numbers.
 */
export function rankCorrelation(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** Index of the first element that is not below `value`, in ascending numbers one of which is `value`. */
function firstAtLeast(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
