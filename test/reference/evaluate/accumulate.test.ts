import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulate, evaluateDetections, summarize } from '../../../reference/evaluate/index.ts';
import { BOUNDED, setWithDistinctScores } from './arbitrary-set.ts';
import { repeatImages } from './repeat-images.ts';

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
