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
  options: PermutationOptions,
): PermutationTest {
  const swaps = new Permutations(baseline, candidate, options);
  swaps.draw(swaps.left);
  return swaps.result();
}

/**
 * The same test in portions, for who has something else to do in between: the result does not depend on them.
 * @throws RangeError as `permutationTest`.
 */
export class Permutations {
  /** Swaps that are not drawn yet. */
  left: number;
  readonly #names: readonly MetricName[];
  readonly #wanted: readonly MetricName[];
  readonly #random: Random;
  readonly #permutations: number;
  readonly #imageCount: number;
  readonly #categoryCount: number;
  readonly #prepared: PreparedAccumulation;
  readonly #weights: Uint16Array;
  readonly #one: Float64Array;
  readonly #other: Float64Array;
  /** The figures, then the values by metric and category: what each swap is held against. */
  readonly #differences: Float64Array;
  readonly #observed: Float64Array;
  readonly #asLarge: Uint32Array;

  constructor(
    baseline: CocoEvaluation,
    candidate: CocoEvaluation,
    { random, permutations = 1000, metrics = ['AP', 'AP50'] }: PermutationOptions,
  ) {
    requireSameImages(baseline, candidate);
    if (!Number.isInteger(permutations) || permutations < 1) {
      throw new RangeError(`cannot swap ${permutations} times: give a positive integer`);
    }
    this.left = permutations;
    this.#permutations = permutations;
    this.#random = random;
    this.#wanted = metrics;
    this.#imageCount = baseline.imageIds.length;
    this.#categoryCount = baseline.matches.length;
    this.#names = COCO_METRICS.map(({ name }) => name).filter(
      (name) => name === 'AP' || name === 'AP50' || metrics.includes(name),
    );
    this.#prepared = new PreparedAccumulation(
      mergeMatches(baseline.matches, candidate.matches, this.#imageCount),
      2 * this.#imageCount,
      this.#names,
    );
    const { rowLength } = this.#prepared;
    this.#weights = new Uint16Array(2 * this.#imageCount);
    this.#one = new Float64Array(rowLength);
    this.#other = new Float64Array(rowLength);
    this.#differences = new Float64Array(this.#names.length + rowLength);
    this.#weights.fill(1, 0, this.#imageCount);
    this.#differ();
    this.#observed = this.#differences.map(Math.abs);
    this.#asLarge = new Uint32Array(this.#observed.length).fill(1);
  }

  /** Draws so many swaps more, or those that are left. */
  draw(count: number): void {
    for (let drawn = Math.min(count, this.left); drawn > 0; drawn--, this.left--) {
      for (let i = 0; i < this.#imageCount; i++) {
        this.#weights[i] = this.#random.integer(2);
        this.#weights[this.#imageCount + i] = 1 - this.#weights[i]!;
      }
      this.#differ();
      for (let i = 0; i < this.#observed.length; i++) {
        if (Math.abs(this.#differences[i]!) >= this.#observed[i]! - ROUNDING) this.#asLarge[i]!++;
      }
    }
  }

  /** @throws RangeError while swaps are left. */
  result(): PermutationTest {
    if (this.left > 0) throw new RangeError(`cannot tell p: ${this.left} swaps are left to be drawn`);
    const ofCategory = (name: MetricName, k: number): number | null =>
      this.#pOf(this.#names.length + this.#names.indexOf(name) * this.#categoryCount + k);
    return {
      permutations: this.#permutations,
      metrics: Object.fromEntries(this.#wanted.map((name) => [name, this.#pOf(this.#names.indexOf(name))])),
      perCategory: Array.from({ length: this.#categoryCount }, (_, k) => ({
        ap: ofCategory('AP', k),
        ap50: ofCategory('AP50', k),
      })),
    };
  }

  #pOf(i: number): number | null {
    return Number.isNaN(this.#observed[i]!) ? null : this.#asLarge[i]! / (this.#permutations + 1);
  }

  #differ(): void {
    const weights = this.#weights;
    this.#prepared.evaluate(weights, this.#one);
    for (let i = 0; i < weights.length; i++) weights[i] = 1 - weights[i]!;
    this.#prepared.evaluate(weights, this.#other);
    const figures = this.#names.length;
    for (let m = 0; m < figures; m++) {
      const from = m * this.#categoryCount;
      this.#differences[m] =
        meanOfCategories(this.#one, from, this.#categoryCount) -
        meanOfCategories(this.#other, from, this.#categoryCount);
    }
    for (let i = 0; i < this.#one.length; i++)
      this.#differences[figures + i] = this.#one[i]! - this.#other[i]!;
  }
}
