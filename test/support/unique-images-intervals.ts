import type { CategoryMatches, MetricName } from '../../reference/evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../../reference/evaluate/prepared-accumulation.ts';
import type { Random } from '../../reference/random.ts';
import { quantile, sortSamples } from '../../reference/statistics/index.ts';

/**
 * How not to do it, by metric: as many images as there are drawn with replacement, each that was drawn counted once, and the
 * middle 95 % of the differences taken. Such a draw is two thirds of the images, all alike, which vary less than the images do.
 */
export function uniqueImagesIntervals(
  baseline: readonly CategoryMatches[],
  candidate: readonly CategoryMatches[],
  imageCount: number,
  metrics: readonly MetricName[],
  { random, replicates }: { readonly random: Random; readonly replicates: number },
): { low: number; high: number }[] {
  const [first, second] = [baseline, candidate].map(
    (matches) => new PreparedAccumulation(matches, imageCount, metrics),
  );
  const row = new Float64Array(first!.rowLength);
  const weights = new Uint16Array(imageCount);
  const figuresOf = (prepared: PreparedAccumulation): number[] => {
    prepared.evaluate(weights, row);
    return metrics.map((_, m) => meanOfCategories(row, m * baseline.length, baseline.length));
  };
  const differences = metrics.map(() => new Float64Array(replicates));
  for (let r = 0; r < replicates; r++) {
    weights.fill(0);
    for (let i = 0; i < imageCount; i++) weights[random.integer(imageCount)] = 1;
    const before = figuresOf(first!);
    figuresOf(second!).forEach((figure, m) => {
      differences[m]![r] = figure - before[m]!;
    });
  }
  return differences.map((values) => {
    const sorted = sortSamples(values);
    return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
}
