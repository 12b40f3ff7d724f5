/**
 * Rank of each value, 1 for the least; equal values share the mean of their places. What is computed of ranks instead of
 * values is moved by no outlier, however far out it lies.
 */
export function ranks(values: ArrayLike<number>): number[] {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranked = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) ranked[order[place]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranked;
}
