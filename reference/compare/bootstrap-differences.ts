import type { CategoryMatches, MetricName } from '../evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../evaluate/prepared-accumulation.ts';
import type { Random } from '../random.ts';
import { supportOf } from './category-support.ts';

/** A difference and its standard error; NaN where there is none. */
export interface Spread {
  readonly difference: number;
  readonly standardError: number;
  /** Images with an object that counts; of a figure all images. */
  readonly images: number;
}

export interface BootstrapDifferences {
  /** By metric, as given. */
  readonly metrics: readonly Spread[];
  /** By metric and category. */
  readonly categories: readonly (readonly Spread[])[];
}

/**
 * A category with objects in fewer images gets its own standard error from draws of more images: see below. From about
 * here on the textbook's draws find the true one, and those of more images too much: by 40 % with a thousand images.
 */
export const FEW_IMAGES = 50;

/** How many images those draws have for each that there is. */
export const DRAWS_AN_IMAGE = 9;

/**
 * How much of the variance of a category's difference comes from the images with objects of it; the rest is false alarms in
 * all the others. On generated populations it is 0.4 to 0.65 with 2 to 4 images and less with more; a mean over
 * categories needs somewhat more, since which of them have objects at all varies too.
 */
export const OWN_IMAGES_SHARE = 0.75;

/** Adds to the weights as many draws with replacement as there are images, `times` over. */
export function drawImages(random: Random, weights: Uint16Array, times = 1): void {
  const count = weights.length;
  for (let i = 0; i < times * count; i++) weights[random.integer(count)]!++;
}

/**
 * Differences, candidate − baseline, and their standard errors over `replicates` draws of the images, the same for both
 * (`pairedBootstrap` says how and why).
 *
 * A figure is a mean over categories, and so is a replicate's deviation from it. How large the deviations of a category are
 * as a whole is corrected where it has objects in few images, m < `FEW_IMAGES`; how they go with those of other categories
 * is left as drawn. The draw goes on to `DRAWS_AN_IMAGE` times as many images, whose deviations of the category, times
 * √`DRAWS_AN_IMAGE`, give its standard error, times √(1 + share / (m − 1)) with `OWN_IMAGES_SHARE`: m images spread less
 * around their own mean than around the true one, by (m − 1) / m of the variance that is theirs. Of a category with
 * objects in a single image no spread can be seen; how far it lies from the mean of the other categories stands for it, and
 * varies as one image does, with its weight.
 */
export function bootstrapDifferences(
  baseline: readonly CategoryMatches[],
  candidate: readonly CategoryMatches[],
  imageCount: number,
  metrics: readonly MetricName[],
  { random, replicates }: { readonly random: Random; readonly replicates: number },
): BootstrapDifferences {
  const first = new PreparedAccumulation(baseline, imageCount, metrics);
  const second = new PreparedAccumulation(candidate, imageCount, metrics);
  const categories = baseline.length;
  const one = new Float64Array(first.rowLength);
  const other = new Float64Array(first.rowLength);
  const weights = new Uint16Array(imageCount).fill(1);
  first.evaluate(weights, one);
  second.evaluate(weights, other);
  const observed = other.map((value, i) => value - one[i]!);
  const figures = metrics.map((_, m) => meanOfCategories(observed, m * categories, categories));

  const support = supportOf(baseline, metrics);
  const ofMetric = (m: number): typeof support => support.slice(m * categories, (m + 1) * categories);
  const present = metrics.map((_, m) => ofMetric(m).filter(({ images }) => images > 0).length);
  const single = Int32Array.from(support, ({ images, firstImage }) => (images === 1 ? firstImage : -1));
  const fromOthers = observed.map((value, i) => {
    const m = Math.floor(i / categories);
    return ((value - figures[m]!) * present[m]!) / (present[m]! - 1);
  });
  const few = Int32Array.from(
    support.flatMap(({ images }, i) => (images > 1 && images < FEW_IMAGES ? [i] : [])),
  );
  const fewCategories = Int32Array.from(new Set(Array.from(few, (i) => i % categories)));
  const isFew = new Uint8Array(support.length);
  for (const i of few) isFew[i] = 1;

  // By metric and replicate, without the categories of few images; then these, one after another.
  const sums = new Float64Array(metrics.length * replicates);
  const fewDeviations = new Float64Array(few.length * replicates);
  const drawn = new Moments(observed.length);
  const smoother = new Moments(observed.length);
  /** 0 where a replicate has no object: it says nothing. */
  const deviation = (i: number): number => {
    const found = other[i]! - one[i]! - observed[i]!;
    return Number.isNaN(found) ? 0 : found;
  };
  for (let r = 0; r < replicates; r++) {
    weights.fill(0);
    drawImages(random, weights);
    first.evaluate(weights, one);
    second.evaluate(weights, other);
    for (let i = 0; i < observed.length; i++) {
      const sum = Math.floor(i / categories) * replicates + r;
      if (single[i]! >= 0) sums[sum]! += fromOthers[i]! * (weights[single[i]!]! - 1);
      else {
        const found = deviation(i);
        drawn.add(i, found);
        if (isFew[i] === 0) sums[sum]! += found;
      }
    }
    for (let f = 0; f < few.length; f++) fewDeviations[f * replicates + r] = deviation(few[f]!);
    drawImages(random, weights, DRAWS_AN_IMAGE - 1);
    first.evaluate(weights, one, fewCategories);
    second.evaluate(weights, other, fewCategories);
    for (let f = 0; f < few.length; f++) smoother.add(few[f]!, deviation(few[f]!));
  }

  const errorOf = (i: number): number => {
    const { images } = support[i]!;
    if (images < 2) return Number.NaN;
    if (images >= FEW_IMAGES) return drawn.standardDeviation(i, replicates);
    return (
      smoother.standardDeviation(i, replicates) *
      Math.sqrt(DRAWS_AN_IMAGE * (1 + OWN_IMAGES_SHARE / (images - 1)))
    );
  };
  for (let f = 0; f < few.length; f++) {
    const i = few[f]!;
    const asDrawn = drawn.standardDeviation(i, replicates);
    const factor = asDrawn > 0 ? errorOf(i) / asDrawn : 0;
    const sum = Math.floor(i / categories) * replicates;
    for (let r = 0; r < replicates; r++) sums[sum + r]! += factor * fewDeviations[f * replicates + r]!;
  }
  return {
    metrics: metrics.map((_, m) => ({
      difference: figures[m]!,
      // Where every category has a single image, nothing has been seen to vary.
      standardError: ofMetric(m).some(({ images }) => images > 1)
        ? standardDeviation(sums.subarray(m * replicates, (m + 1) * replicates)) / present[m]!
        : Number.NaN,
      images: imageCount,
    })),
    categories: metrics.map((_, m) =>
      ofMetric(m).map(({ images }, k) => ({
        difference: observed[m * categories + k]!,
        standardError: errorOf(m * categories + k),
        images,
      })),
    ),
  };
}

/** Of a sample: n − 1. */
function standardDeviation(values: Float64Array): number {
  const moments = new Moments(1);
  for (let i = 0; i < values.length; i++) moments.add(0, values[i]!);
  return moments.standardDeviation(0, values.length);
}

/** Sums for standard deviations of deviations that are near 0, for which they lose nothing. */
class Moments {
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  constructor(count: number) {
    this.sums = new Float64Array(count);
    this.squares = new Float64Array(count);
  }

  add(i: number, value: number): void {
    this.sums[i]! += value;
    this.squares[i]! += value * value;
  }

  standardDeviation(i: number, count: number): number {
    const variance = (this.squares[i]! - this.sums[i]! ** 2 / count) / (count - 1);
    return Math.sqrt(Math.max(0, variance));
  }
}
