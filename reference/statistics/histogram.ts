/** Counts of values between edges; `counts[i]` belongs to `edges[i] … edges[i + 1]`, the upper edge left out. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Counts values into the bins between ascending edges. What lies outside goes into the first or last bin, so that the
 * counts add up to the number of values; NaN is in none.
 * @throws RangeError for fewer than two edges, or edges that do not ascend.
 */
export function histogram(values: Iterable<number>, edges: readonly number[]): Histogram {
  if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!))) {
    throw new RangeError(`cannot count into the edges ${edges.join(', ')}: give two or more, ascending`);
  }
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    counts[binOf(value, edges)]!++;
  }
  return { edges, counts };
}

/** The last edge that `value` reaches, by bisection. */
function binOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value < edges[middle]!) high = middle;
    else low = middle;
  }
  return low;
}
