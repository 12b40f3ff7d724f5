/**
 * A trimmed mean that can be taken again with other weights: the share `trim` of the weight is left out at each end, a
 * value on the border counting in part.
 * @param trim 0 (the mean) to below 0.5.
 * @returns a function of the weights, one for each value, none negative and not all 0.
 */
export function trimmedMean(values: readonly number[], trim: number): (weights: ArrayLike<number>) => number {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  return (weights) => {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i]!;
    const low = trim * total;
    const high = total - low;
    let below = 0;
    let sum = 0;
    for (const index of order) {
      const upTo = below + weights[index]!;
      const inside = Math.min(upTo, high) - Math.max(below, low);
      if (inside > 0) sum += inside * values[index]!;
      below = upTo;
    }
    return sum / (high - low);
  };
}
