/**
 * An upper quantile of grouped values that can be taken again with other weights of the groups: the greatest value with
 * at least the share `1 − p` of the weight at or above it. Sorted once, it walks down the tail alone.
 * @returns a function of the weights, one for each group, of which one with values in it must not be 0.
 */
export function tailQuantile(
  groups: readonly (readonly number[])[],
  p: number,
): (weights: ArrayLike<number>) => number {
  const all = groups.flatMap((values, group) => values.map((value) => ({ value, group })));
  all.sort((a, b) => b.value - a.value);
  const values = Float64Array.from(all, ({ value }) => value);
  const owners = Int32Array.from(all, ({ group }) => group);
  return (weights) => {
    let total = 0;
    for (const [group, { length }] of groups.entries()) total += length * weights[group]!;
    const wanted = (1 - p) * total;
    let above = 0;
    for (let i = 0; i < values.length; i++) {
      above += weights[owners[i]!]!;
      // The small allowance is for 1 − p, which is not exact: of 100 values the first is enough for p99.
      if (above >= wanted * (1 - 1e-9)) return values[i]!;
    }
    return Number.NaN;
  };
}
