/**
 * Spearman's rank correlation, ties sharing their mean rank: how far two series rise and fall together, whatever
 * monotone function was applied to one of them.
 * @returns −1 … 1; 0 where a series has one value only, or fewer than two numbers.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = a.length;
  if (count < 2) return 0;
  const ranksA = ranks(a);
  const ranksB = ranks(b);
  const mean = (count - 1) / 2;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < count; i++) {
    const da = ranksA[i]! - mean;
    const db = ranksB[i]! - mean;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

function ranks(values: ArrayLike<number>): Float64Array {
  const count = values.length;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const rank = new Float64Array(count);
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) rank[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return rank;
}
