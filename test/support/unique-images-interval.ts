import type { CategoryMatches } from '../../reference/evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../../reference/evaluate/prepared-accumulation.ts';
import type { Random } from '../../reference/random.ts';
import { quantile, sortSamples } from '../../reference/statistics/index.ts';

/**
 * How not to do it: as many images as there are drawn with replacement, each that was drawn counted once, and the middle
 * 95 % of the differences of AP taken. Such a draw is two thirds of the images, all alike, which vary less than the images do.
 */
export function uniqueImagesInterval(
  baseline: readonly CategoryMatches[],
  candidate: readonly CategoryMatches[],
  imageCount: number,
  { random, replicates }: { readonly random: Random; readonly replicates: number },
): { low: number; high: number } {
  const [first, second] = [baseline, candidate].map(
    (matches) => new PreparedAccumulation(matches, imageCount, ['AP']),
  );
  const row = new Float64Array(first!.rowLength);
  const weights = new Uint16Array(imageCount);
  const apOf = (prepared: PreparedAccumulation): number => {
    prepared.evaluate(weights, row);
    return meanOfCategories(row, 0, prepared.categoryCount);
  };
  const differences = sortSamples(
    Array.from({ length: replicates }, () => {
      weights.fill(0);
      for (let i = 0; i < imageCount; i++) weights[random.integer(imageCount)] = 1;
      return apOf(second!) - apOf(first!);
    }),
  );
  return { low: quantile(differences, 0.025), high: quantile(differences, 0.975) };
}
