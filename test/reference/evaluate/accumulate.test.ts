import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CocoResult } from '../../../reference/detections.ts';
import {
  accumulate,
  type CocoGroundTruth,
  evaluateDetections,
  summarize,
} from '../../../reference/evaluate/index.ts';
import { BOUNDED, setWithDistinctScores } from './arbitrary-set.ts';

/** The files that hold each image as many times as its weight says, every copy under an id of its own. */
function repeatImages(
  groundTruth: CocoGroundTruth,
  results: readonly CocoResult[],
  weightOf: (imageId: number) => number,
): { groundTruth: CocoGroundTruth; results: CocoResult[] } {
  const copies = <T extends { image_id: number }>(entries: readonly T[]): T[] =>
    entries.flatMap((entry) =>
      Array.from({ length: weightOf(entry.image_id) }, (_, c) => ({
        ...entry,
        image_id: 1000 * entry.image_id + c,
      })),
    );
  return {
    groundTruth: {
      ...groundTruth,
      images: groundTruth.images.flatMap((image) =>
        Array.from({ length: weightOf(image.id) }, (_, c) => ({ ...image, id: 1000 * image.id + c })),
      ),
      annotations: copies(groundTruth.annotations).map((annotation, i) => ({ ...annotation, id: i + 1 })),
    },
    results: copies(results),
  };
}

/** Index of the first value that differs, −1 if none does: `toStrictEqual` takes long for a hundred thousand numbers. */
function firstDifference(actual: Float64Array, expected: Float64Array): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length);
  return actual.findIndex((value, i) => !Object.is(value, expected[i]));
}

describe('accumulate with image weights', () => {
  it('gives to the last bit what an evaluation of repeated images gives, without matching again', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(setWithDistinctScores, weights, ({ groundTruth, results }, drawn) => {
        const { matches, imageIds } = evaluateDetections(groundTruth, results);
        const weighted = accumulate(matches, imageIds.length, Uint32Array.from(drawn));
        const repeated = repeatImages(groundTruth, results, (id) => drawn[imageIds.indexOf(id)]!);
        const expected = evaluateDetections(repeated.groundTruth, repeated.results);
        expect(summarize(weighted)).toStrictEqual(expected.stats);
        expect(firstDifference(weighted.precision, expected.accumulated.precision)).toBe(-1);
        expect(firstDifference(weighted.recall, expected.accumulated.recall)).toBe(-1);
        expect(firstDifference(weighted.scores, expected.accumulated.scores)).toBe(-1);
      }),
      { ...BOUNDED, numRuns: 200 },
    );
  });

  it('refuses another number of weights than images', () => {
    expect(() => accumulate([], 3, new Uint32Array(2))).toThrow(/3 images with 2 weights/);
  });
});
