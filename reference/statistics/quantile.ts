import { quantileSorted } from 'simple-statistics';

declare const sorted: unique symbol;

/** At least one finite number, ascending. Only `sortSamples` makes it, so a quantile of unsorted data does not compile. */
export type SortedSamples = readonly number[] & { readonly [sorted]: true };

/**
 * A sorted copy of `samples`.
 * @throws RangeError when there is none, or one is NaN or infinite.
 */
export function sortSamples(samples: ArrayLike<number>): SortedSamples {
  if (samples.length === 0) throw new RangeError('cannot summarise no samples: measure at least one');
  const copy = Float64Array.from(samples);
  for (let i = 0; i < copy.length; i++) {
    if (!Number.isFinite(copy[i]!))
      throw new RangeError(`cannot summarise samples: number ${i} is ${copy[i]}`);
  }
  return Array.from(copy.sort()) as readonly number[] as SortedSamples;
}

/**
 * The quantile of share `p` in the convention R-7, linear between order statistics at `(n − 1)·p`: the default of numpy
 * and R (simple-statistics src/quantile_sorted.js).
 * @param p 0 (the least) … 1 (the greatest).
 * @returns in the samples' unit; the sample itself where there is one.
 * @throws RangeError when `p` is not in 0 … 1.
 */
export function quantile(samples: SortedSamples, p: number): number {
  if (!(p >= 0 && p <= 1))
    throw new RangeError(`cannot take the quantile of share ${p}: give one from 0 to 1`);
  return quantileSorted(samples as unknown as number[], p);
}
