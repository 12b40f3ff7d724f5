/** Largest absolute difference over the largest magnitude of the reference; absolute where the reference is all zero. NaN anywhere gives NaN. */
export function largestRelativeDifference(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  let magnitude = 0;
  for (let i = 0; i < reference.length; i++) magnitude = Math.max(magnitude, Math.abs(reference[i]!));
  return largestDifference(actual, reference) / (magnitude || 1);
}

export function largestDifference(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length)
    throw new RangeError(`${actual.length} values beside ${reference.length}`);
  let largest = 0;
  for (let i = 0; i < reference.length; i++)
    largest = Math.max(largest, Math.abs(actual[i]! - reference[i]!));
  return largest;
}
