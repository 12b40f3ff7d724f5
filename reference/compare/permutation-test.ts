import { COCO_METRICS, type CocoEvaluation, type MetricName } from '../evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../evaluate/prepared-accumulation.ts';
import type { Random } from '../random.ts';
import { mergeMatches } from './merge-matches.ts';
import { requireSameImages } from './same-images.ts';

export interface PermutationOptions {
  readonly random: Random;
  /** Default 1,000. The least p is one over one more than this, so that 80 categories corrected for false discovery ask for 2,000. */
  readonly permutations?: number;
  /** Default AP and AP50, which the categories' own p values are of; the other ten cost about three times as much again. */
  readonly metrics?: readonly MetricName[];
}

/** Two-sided p values, in (0, 1]; null where there is no ground truth to measure against. */
export interface PermutationTest {
  readonly permutations: number;
  readonly metrics: Readonly<Partial<Record<MetricName, number | null>>>;
  /** By category, as the evaluations' `perCategory`. */
  readonly perCategory: readonly { readonly ap: number | null; readonly ap50: number | null }[];
}

/** Differences that are equal but for the order in which they were added up count as equal: more of them, a larger p. */
const ROUNDING = 1e-12;

/**
 * How often a difference as large as the observed one, either way, comes from chance alone: if it did not matter which
 * backend an image went through, their outputs for it could be swapped, and so they are, image by image with even odds.
 *
 * p = (1 + number of swaps whose difference is at least as large) / (1 + permutations): the observed one is one of them, so that
 * p is never 0 and p <= 0.05 comes up in at most 5 % of comparisons without a difference, whatever the distribution
 * (Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9, 2010). Equal outputs give p = 1.
 *
 * Matching stays as it was; the detections of both are put in one order once (`mergeMatches`), in which a swap is a weight
 * of 0 or 1.
 * @throws RangeError when the evaluations are not of the same images and ground truth, or `permutations` is not a
 *   positive integer.
 */
export function permutationTest(
  baseline: CocoEvaluation,
  candidate: CocoEvaluation,
  { random, permutations = 1000, metrics = ['AP', 'AP50'] }: PermutationOptions,
): PermutationTest {
  requireSameImages(baseline, candidate);
  if (!Number.isInteger(permutations) || permutations < 1) {
    throw new RangeError(`cannot swap ${permutations} times: give a positive integer`);
  }
  const imageCount = baseline.imageIds.length;
  const categoryCount = baseline.matches.length;
  const names = COCO_METRICS.map(({ name }) => name).filter(
    (name) => name === 'AP' || name === 'AP50' || metrics.includes(name),
  );
  const prepared = new PreparedAccumulation(
    mergeMatches(baseline.matches, candidate.matches, imageCount),
    2 * imageCount,
    names,
  );
  const weights = new Uint16Array(2 * imageCount);
  const one = new Float64Array(prepared.rowLength);
  const other = new Float64Array(prepared.rowLength);
  /** The figures, then the values by metric and category: what each swap is held against. */
  const differences = new Float64Array(names.length + prepared.rowLength);
  const differ = (): void => {
    prepared.evaluate(weights, one);
    for (let i = 0; i < weights.length; i++) weights[i] = 1 - weights[i]!;
    prepared.evaluate(weights, other);
    for (let m = 0; m < names.length; m++) {
      const from = m * categoryCount;
      differences[m] =
        meanOfCategories(one, from, categoryCount) - meanOfCategories(other, from, categoryCount);
    }
    for (let i = 0; i < one.length; i++) differences[names.length + i] = one[i]! - other[i]!;
  };

  weights.fill(1, 0, imageCount);
  differ();
  const observed = differences.map(Math.abs);
  const asLarge = new Uint32Array(observed.length).fill(1);
  for (let p = 0; p < permutations; p++) {
    for (let i = 0; i < imageCount; i++) {
      weights[i] = random.integer(2);
      weights[imageCount + i] = 1 - weights[i]!;
    }
    differ();
    for (let i = 0; i < observed.length; i++) {
      if (Math.abs(differences[i]!) >= observed[i]! - ROUNDING) asLarge[i]!++;
    }
  }
  const pOf = (i: number): number | null =>
    Number.isNaN(observed[i]!) ? null : asLarge[i]! / (permutations + 1);
  const ofCategory = (name: MetricName, k: number): number | null =>
    pOf(names.length + names.indexOf(name) * categoryCount + k);
  return {
    permutations,
    metrics: Object.fromEntries(metrics.map((name) => [name, pOf(names.indexOf(name))])),
    perCategory: baseline.perCategory.map((_, k) => ({
      ap: ofCategory('AP', k),
      ap50: ofCategory('AP50', k),
    })),
  };
}
