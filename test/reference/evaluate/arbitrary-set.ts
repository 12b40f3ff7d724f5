import fc from 'fast-check';
import type { CocoResult } from '../../../reference/detections.ts';
import type { CocoAnnotation, CocoGroundTruth } from '../../../reference/evaluate/index.ts';

export interface SmallSet {
  groundTruth: CocoGroundTruth;
  results: CocoResult[];
}

/** Looking for a smaller counterexample ends after this time; the properties take a second or two when they hold. */
export const BOUNDED = { interruptAfterTimeLimit: 30_000, markInterruptAsFailure: true } as const;

const IMAGES = [9, 2, 40];
const CATEGORIES = [17, 3, 5];

const image = fc.constantFrom(...IMAGES);
/** The third category stays empty as a rule. */
const category = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(17, 3) },
  { weight: 1, arbitrary: fc.constant(5) },
);

/** Coarse, so that equal boxes, equal IoUs and sides of exactly 32 and 96 come up all the time. */
const place = fc.constantFrom(0, 4, 8, 10, 16);
const side = fc.constantFrom(0, 16, 20, 31, 32, 33, 36, 40, 95, 96, 97, 100);
const box = fc.tuple(place, place, side, side);

const annotation = fc
  .record({
    image,
    category,
    box,
    crowd: fc.integer({ min: 0, max: 4 }),
    area: fc.constantFrom(0.5, 1, 1, 1),
  })
  .map(({ image: image_id, category: category_id, box: bbox, crowd, area }) => ({
    image_id,
    category_id,
    bbox,
    area: bbox[2] * bbox[3] * area,
    iscrowd: (crowd === 0 ? 1 : 0) as 0 | 1,
  }));

function resultWith(score: fc.Arbitrary<number>): fc.Arbitrary<CocoResult> {
  return fc
    .record({ image, category, box, score })
    .map(({ image: image_id, category: category_id, box: bbox, score: drawn }) => ({
      image_id,
      category_id,
      bbox,
      score: drawn,
    }));
}

function smallSet(results: fc.Arbitrary<CocoResult[]>): fc.Arbitrary<SmallSet> {
  return fc
    .record({ annotations: fc.array(annotation, { maxLength: 24 }), results })
    .map(({ annotations, results: drawn }) => ({
      groundTruth: {
        images: IMAGES.map((id) => ({ id, file_name: `${id}.jpg`, width: 120, height: 120 })),
        categories: CATEGORIES.map((id) => ({ id, name: `category ${id}` })),
        annotations: annotations.map((entry, i): CocoAnnotation => ({ ...entry, id: i + 1 })),
      },
      results: drawn,
    }));
}

/** Scores of a few values only, zeros of both signs and negative ones among them: most tie. */
export const setWithTies: fc.Arbitrary<SmallSet> = smallSet(
  fc.array(resultWith(fc.constantFrom(0.9, 0.5, 0.25, 0, -0, -1)), { maxLength: 40 }),
);

/** No two scores are equal. */
export const setWithDistinctScores: fc.Arbitrary<SmallSet> = smallSet(
  fc.uniqueArray(resultWith(fc.double({ min: -1, max: 1, noNaN: true, noDefaultInfinity: true })), {
    maxLength: 40,
    selector: (result) => result.score + 0,
  }),
);

/** More than 100 detections of one category in an image. */
export const setWithManyDetections: fc.Arbitrary<SmallSet> = smallSet(
  fc
    .array(resultWith(fc.constantFrom(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)), { minLength: 110, maxLength: 160 })
    .map((results) =>
      results.map((result, i) => (i % 8 ? { ...result, image_id: 2, category_id: 3 } : result)),
    ),
);
