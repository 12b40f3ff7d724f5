/** The median of the first `count` values, which are sorted by it; the mean of the middle two where `count` is even. */
export function medianInPlace(values: Float64Array, count: number = values.length): number {
  const sorted = values.subarray(0, count).sort();
  const middle = count >> 1;
  return count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @see {@link medianInPlace}; `values` stay as they were. */
export function median(values: readonly number[]): number {
  return medianInPlace(Float64Array.from(values));
}
