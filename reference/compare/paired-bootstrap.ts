import { COCO_METRICS, type CocoEvaluation, type MetricName } from '../evaluate/index.ts';
import type { Random } from '../random.ts';
import { normalQuantile } from '../statistics/index.ts';
import { bootstrapDifferences, type Spread } from './bootstrap-differences.ts';
import { requireSameImages } from './same-images.ts';

/** A difference of a figure, candidate − baseline, with its interval; fractions. */
export interface FigureDifference {
  readonly difference: number;
  /** null, as the interval, where the images show no spread: see `pairedBootstrap`. */
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Images evaluated; of a category those with an object of it. */
  readonly images: number;
}

export interface PairedBootstrap {
  readonly replicates: number;
  readonly confidence: number;
  /** null where there is no ground truth to measure against. */
  readonly metrics: Readonly<Partial<Record<MetricName, FigureDifference | null>>>;
  /** By category, as the evaluations' `perCategory`; null where it has no object. */
  readonly perCategory: readonly {
    readonly ap: FigureDifference | null;
    readonly ap50: FigureDifference | null;
  }[];
}

export interface PairedBootstrapOptions {
  readonly random: Random;
  /** Default 1,000, which leave an error of 3 % in a standard error; halves come in pairs, an odd number is one more. */
  readonly replicates?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default all twelve, which take two to three times as long as AP and AP50; those two are found in any case. */
  readonly metrics?: readonly MetricName[];
}

/**
 * With fewer the intervals hold far less often than they say, since many such categories show no difference at all: AP in 91 to
 * 92 %, AP50 in 71 to 85 % with 5 to 9, and less the fewer there are. With 10 to 19 it is 93 to 96 %.
 */
const LEAST_IMAGES = 10;

/**
 * How much two sets of results of the same images differ, in COCO's figures and in each category, with an interval that holds
 * the difference on all images there could be with the given confidence (a paired bootstrap: Efron and Tibshirani, An
 * Introduction to the Bootstrap, 1993, chapters 6 and 8).
 *
 * A replicate is half of the images, drawn without replacement, the same for both, each counted twice; the other half is the
 * next one (the repeated half-sample bootstrap: Saigo, Shao and Sitter, Survey Methodology 27, 2001). Matching is done once: a
 * replicate is an accumulation with weights, equal within 1e-12 to an evaluation of files with these images alone. The
 * interval is `difference ± z · standardError`, the error from how far the halves of a pair lie apart.
 *
 * Halves, because the AP of a few objects, some doubled and some gone, is not that of as many different ones: n draws with
 * replacement lose a good part of the variance of a category in a single image and find up to 1.3 times the true deviation of
 * those in 3 to 9. Two halves of a set are two independent sets of different images, so that a quarter of the square of their contrast
 * is the variance of sets of half the size, halved, on average, whatever the figure. That is the wanted one as far as variances fall with
 * one over the number of images. `bootstrapDifferences` says what becomes of categories that one half, or both, have not.
 *
 * How often 95 % intervals hold the true difference, from 1,000 sets each (`npm run prove`; a share found has an error of 0.7 %),
 * with a loss of 0, about 0.002, about 0.01:
 *
 * - Generated like COCO, 80 categories: AP 96.2, 96.0, 94.8 % with 200 images, 96.0, 95.6, 92.7 % with 2,000; AP50 98.0, 98.4,
 *   96.5 % and 97.1, 96.2, 93.8 %.
 * - Fitted to YOLOX-nano and to what int16 and int8 do to it, false alarms in clusters, 80 categories by a power law: AP 95.3, 94.8, 95.3 % and
 *   94.8, 94.6, 97.0 %; AP50 95.3, 93.2, 91.1 % and 95.3, 95.3, 95.7 %.
 * - The same with six categories: AP 93.0, 92.1, 94.6 % and 92.1, 89.2, 93.2 %; AP50 94.0, 94.1, 94.8 % and
 *   94.6, 94.2, 94.0 %.
 *
 * So an interval can hold somewhat less often than it says where confident false alarms and few categories make the variance fall
 * more slowly than with one over the number (the standard error is then 3 to 10 % short), and more often where most categories stand in few
 * images and a difference is made of few large steps, as in AP50. What most images do not show is not found: where all of a loss of
 * 0.002 comes from one image in ninety, 200 images hold it in 94 % with 80 categories and 91 % with six, and what misses lies above.
 * Intervals corrected for skewness (Hall's) or bias hold it no more often there, and less elsewhere. Counting images drawn twice
 * once holds it in 85 % with six categories and 200 images.
 *
 * A figure that is −1 for want of objects is null, whole. No interval (null): with fewer than ten images, for a category
 * with objects in fewer than ten, and where no category has objects in two. Equal outputs, or none at all, give an interval from 0 to 0: these images show no difference, which says
 * nothing about others.
 *
 * 1,000 replicates of AP and AP50 with 5,000 images and 234,000 detections each take 3 s of a processor's time.
 * @throws RangeError when the evaluations are not of the same images and ground truth, `replicates` is not an integer of
 *   at least 2, or `confidence` is not between 0 and 1.
 * @example
 * const { metrics } = pairedBootstrap(float, int16, { random: createRandom(1) });
 * const { verdict } = threeWayVerdict(metrics.AP!, 0.005);
 */
export function pairedBootstrap(
  baseline: CocoEvaluation,
  candidate: CocoEvaluation,
  { random, replicates = 1000, confidence = 0.95, metrics }: PairedBootstrapOptions,
): PairedBootstrap {
  requireSameImages(baseline, candidate);
  if (!Number.isInteger(replicates) || replicates < 2) {
    throw new RangeError(`cannot draw ${replicates} replicates: give an integer of at least 2`);
  }
  const halfWidths = normalQuantile((1 + confidence) / 2);
  const wanted = COCO_METRICS.map(({ name }) => name).filter((name) => !metrics || metrics.includes(name));
  const names = [...new Set<MetricName>(['AP', 'AP50', ...wanted])];
  const found = bootstrapDifferences(baseline.matches, candidate.matches, baseline.imageIds.length, names, {
    random,
    pairs: Math.ceil(replicates / 2),
  });
  const ofCategory = (name: MetricName, k: number): FigureDifference | null =>
    withInterval(found.categories[names.indexOf(name)]![k]!, halfWidths);
  return {
    replicates,
    confidence,
    metrics: Object.fromEntries(
      wanted.map((name) => [name, withInterval(found.metrics[names.indexOf(name)]!, halfWidths)]),
    ),
    perCategory: baseline.perCategory.map((_, k) => ({
      ap: ofCategory('AP', k),
      ap50: ofCategory('AP50', k),
    })),
  };
}

function withInterval(
  { difference, standardError, images }: Spread,
  halfWidths: number,
): FigureDifference | null {
  if (Number.isNaN(difference)) return null;
  if (Number.isNaN(standardError) || images < LEAST_IMAGES) {
    return { difference, standardError: null, low: null, high: null, images };
  }
  return {
    difference,
    standardError,
    low: difference - halfWidths * standardError,
    high: difference + halfWidths * standardError,
    images,
  };
}
