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

/** Puts half of the images, rounded down, at the front of `images`, each half as likely as any other. */
export function drawHalf(random: Random, images: Uint32Array): Uint32Array {
  const half = images.length >>> 1;
  for (let i = 0; i < half; i++) {
    const other = i + random.integer(images.length - i);
    const kept = images[i]!;
    images[i] = images[other]!;
    images[other] = kept;
  }
  return images.subarray(0, half);
}

/**
 * Differences, candidate − baseline, and their standard errors over `pairs` draws of half of the images, the same for both
 * (`pairedBootstrap` says why). The other half is the second draw of the pair.
 *
 * A figure is a mean over categories, and so is half of the contrast between the halves. Of a category with objects in m
 * images, m₁ and m₂ of them in the halves, the contrast c₁ − c₂ counts √(m₁ m₂) / m: each half varies with one over its
 * number. A half without an object has no value, and the pair adds nothing to the category; that all m stand in one half
 * is as likely as the urn has it, and the other pairs count so much more that the variance is that of the pairs with a
 * contrast. Of a category with objects in a single image there never is one: how far it lies from the mean of the other
 * categories stands for it.
 */
export function bootstrapDifferences(
  baseline: readonly CategoryMatches[],
  candidate: readonly CategoryMatches[],
  imageCount: number,
  metrics: readonly MetricName[],
  { random, pairs }: { readonly random: Random; readonly pairs: number },
): BootstrapDifferences {
  const first = new PreparedAccumulation(baseline, imageCount, metrics);
  const second = new PreparedAccumulation(candidate, imageCount, metrics);
  const categories = baseline.length;
  const one = new Float64Array(first.rowLength);
  const differencesInto = (weights: Uint16Array, row: Float64Array): Float64Array => {
    first.evaluate(weights, one);
    second.evaluate(weights, row);
    for (let i = 0; i < row.length; i++) row[i]! -= one[i]!;
    return row;
  };
  const weights = new Uint16Array(imageCount).fill(1);
  const observed = differencesInto(weights, new Float64Array(first.rowLength));
  const figures = metrics.map((_, m) => meanOfCategories(observed, m * categories, categories));

  const support = supportOf(baseline, metrics);
  const presentOf = metrics.map(
    (_, m) => support.slice(m * categories, (m + 1) * categories).filter(({ length }) => length > 0).length,
  );
  const fromOthers = observed.map((value, i) => {
    const m = Math.floor(i / categories);
    return ((value - figures[m]!) * presentOf[m]!) / (presentOf[m]! - 1);
  });
  const shares = Float64Array.from(
    support,
    ({ length }) => 1 / (length * Math.sqrt(shareOfContrasts(length, imageCount))),
  );

  const squares = new Float64Array(observed.length);
  const figureSquares = new Float64Array(metrics.length);
  const sums = new Float64Array(metrics.length);
  const images = Uint32Array.from(weights.keys());
  const drawn = new Float64Array(observed.length);
  const others = new Float64Array(observed.length);
  for (let p = 0; p < pairs; p++) {
    weights.fill(0);
    for (const image of drawHalf(random, images)) weights[image] = 1;
    differencesInto(weights, drawn);
    const inDrawn = support.map((own) => countIn(own, weights));
    for (let i = 0; i < imageCount; i++) weights[i] = 1 - weights[i]!;
    differencesInto(weights, others);
    sums.fill(0);
    for (let i = 0; i < observed.length; i++) {
      const { length } = support[i]!;
      if (length === 0) continue;
      const m = Math.floor(i / categories);
      const own = inDrawn[i]!;
      if (length === 1) sums[m]! += own === 1 ? fromOthers[i]! : -fromOthers[i]!;
      else if (own > 0 && own < length) {
        const contrast = (drawn[i]! - others[i]!) * Math.sqrt(own * (length - own)) * shares[i]!;
        sums[m]! += contrast;
        squares[i]! += contrast ** 2;
      }
    }
    for (let m = 0; m < metrics.length; m++) figureSquares[m]! += sums[m]! ** 2;
  }

  return {
    metrics: metrics.map((_, m) => ({
      difference: figures[m]!,
      // Where every category has a single image, nothing has been seen to vary.
      standardError: support.slice(m * categories, (m + 1) * categories).some(({ length }) => length > 1)
        ? Math.sqrt(figureSquares[m]! / pairs) / presentOf[m]!
        : Number.NaN,
      images: imageCount,
    })),
    categories: metrics.map((_, m) =>
      support.slice(m * categories, (m + 1) * categories).map(({ length }, k) => ({
        difference: observed[m * categories + k]!,
        standardError: length > 1 ? Math.sqrt(squares[m * categories + k]! / pairs) : Number.NaN,
        images: length,
      })),
    ),
  };
}

function countIn(images: Uint32Array, weights: Uint16Array): number {
  let count = 0;
  for (let i = 0; i < images.length; i++) count += weights[images[i]!]!;
  return count;
}

/** How likely `some` of `all` images stand in both halves: one less what the urn gives for none in the first, and in the second. */
function shareOfContrasts(some: number, all: number): number {
  const half = all >>> 1;
  let noneInFirst = 1;
  let noneInSecond = 1;
  for (let i = 0; i < some; i++) {
    noneInFirst *= Math.max(0, all - half - i) / (all - i);
    noneInSecond *= Math.max(0, half - i) / (all - i);
  }
  return 1 - noneInFirst - noneInSecond;
}
