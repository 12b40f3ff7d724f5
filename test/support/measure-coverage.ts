import { bootstrapDifferences } from '../../reference/compare/bootstrap-differences.ts';
import type { MetricName } from '../../reference/evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../../reference/evaluate/prepared-accumulation.ts';
import { createRandom } from '../../reference/random.ts';
import { normalQuantile } from '../../reference/statistics/index.ts';
import type { Population } from './population-columns.ts';
import { uniqueImagesIntervals } from './unique-images-intervals.ts';

export interface CoverageOptions {
  readonly population: Population;
  readonly metrics: readonly MetricName[];
  /** What each candidate is compared to. */
  readonly baseline: number;
  readonly candidates: readonly number[];
  /** Images of each set, sets, and replicates for each interval. */
  readonly images: number;
  readonly sets: number;
  readonly replicates: number;
  readonly seed: number;
  /** Whether the interval that counts images drawn twice once is found too, which takes as long again. */
  readonly withUnique?: boolean;
}

export interface Coverage {
  readonly candidate: number;
  readonly metric: MetricName;
  /** Difference on the whole population. */
  readonly truth: number;
  /** Share of the sets whose 95 % interval holds the truth. */
  readonly covered: number;
  /** The same of the interval that counts images drawn twice once; null where it was not wanted. */
  readonly coveredByUnique: number | null;
  /** Share of the sets whose interval is wholly above the truth, and below it. */
  readonly above: number;
  readonly below: number;
  /** Mean of the differences found, less the truth; their standard deviation; the root mean square of their standard errors. */
  readonly bias: number;
  readonly deviation: number;
  readonly standardError: number;
  /** Share of the sets whose interval is wholly below 0. */
  readonly foundWorse: number;
}

/** Figures of every backend on the whole population: `[backend][metric]`. */
export function populationFigures(population: Population, metrics: readonly MetricName[]): number[][] {
  const { imageCount, backendCount } = population;
  const weights = new Uint16Array(imageCount).fill(1);
  const all = Uint32Array.from(weights.keys());
  // One after another: the matches of a whole population are large.
  return Array.from({ length: backendCount }, (_, backend) => {
    const [matches] = population.matchesOf(all, [backend]);
    const prepared = new PreparedAccumulation(matches!, imageCount, metrics);
    const row = new Float64Array(prepared.rowLength);
    prepared.evaluate(weights, row);
    return metrics.map((_, m) => meanOfCategories(row, m * matches!.length, matches!.length));
  });
}

/** Of Student's t at 97.5 %, for tens of degrees of freedom or more (Abramowitz and Stegun, 26.7.5, first term). */
function studentQuantile(degrees: number): number {
  const z = normalQuantile(0.975);
  return z + (z ** 3 + z) / (4 * degrees);
}

/**
 * Draws sets of images from a population, and counts how often the interval of each holds the truth.
 *
 * Fewer replicates than the thousand of a run will do: what their own error makes of an interval, that of a standard error
 * from so few pairs, is made up for by Student's quantile in the place of the normal one.
 */
export function measureCoverage(
  options: CoverageOptions,
  truths: readonly (readonly number[])[],
): Coverage[] {
  const { population, metrics, baseline, candidates, images, sets, replicates, withUnique = false } = options;
  const random = createRandom(options.seed);
  const halfWidths = studentQuantile(replicates / 2);
  const found = candidates.map(() =>
    metrics.map(() => ({ above: 0, below: 0, unique: 0, worse: 0, sum: 0, squares: 0, variances: 0 })),
  );
  for (let s = 0; s < sets; s++) {
    const [before, ...after] = population.matchesOf(
      Uint32Array.from({ length: images }, () => random.integer(population.imageCount)),
      [baseline, ...candidates],
    );
    candidates.forEach((candidate, c) => {
      const pair = [before!, after[c]!, images, metrics] as const;
      const spreads = bootstrapDifferences(...pair, { random, pairs: replicates / 2 }).metrics;
      const unique = withUnique ? uniqueImagesIntervals(...pair, { random, replicates }) : null;
      spreads.forEach(({ difference, standardError }, m) => {
        const count = found[c]![m]!;
        const truth = truths[candidate]![m]! - truths[baseline]![m]!;
        const error = difference - truth;
        if (error > halfWidths * standardError) count.above++;
        if (error < -halfWidths * standardError) count.below++;
        if (unique && unique[m]!.low <= truth && truth <= unique[m]!.high) count.unique++;
        if (difference + halfWidths * standardError < 0) count.worse++;
        count.sum += error;
        count.squares += error * error;
        count.variances += standardError * standardError;
      });
    });
  }
  return candidates.flatMap((candidate, c) =>
    metrics.map((metric, m) => {
      const { above, below, unique, worse, sum, squares, variances } = found[c]![m]!;
      return {
        candidate,
        metric,
        truth: truths[candidate]![m]! - truths[baseline]![m]!,
        covered: 1 - (above + below) / sets,
        coveredByUnique: withUnique ? unique / sets : null,
        above: above / sets,
        below: below / sets,
        bias: sum / sets,
        deviation: Math.sqrt((squares - sum ** 2 / sets) / (sets - 1)),
        standardError: Math.sqrt(variances / sets),
        foundWorse: worse / sets,
      };
    }),
  );
}

/** One line for whoever reads the proof. */
export function coverageLine(name: string, coverage: Coverage): string {
  const {
    metric,
    truth,
    covered,
    coveredByUnique,
    above,
    below,
    bias,
    deviation,
    standardError,
    foundWorse,
  } = coverage;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const unique = coveredByUnique === null ? '' : `, duplicates dropped ${percent(coveredByUnique)}`;
  return (
    `${name}, ${metric}: truth ${truth.toFixed(4)}, covered ${percent(covered)} (above ${percent(above)}, below ` +
    `${percent(below)})${unique}; bias ${bias.toFixed(5)}, deviation ${deviation.toFixed(5)}, standard error ` +
    `${standardError.toFixed(5)}; found worse ${percent(foundWorse)}`
  );
}
