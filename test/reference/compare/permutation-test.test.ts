import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Permutations, permutationTest } from '../../../reference/compare/index.ts';
import type { CocoResult } from '../../../reference/detections.ts';
import {
  accumulate,
  COCO_METRICS,
  type CocoGroundTruth,
  evaluateDetections,
  summarize,
} from '../../../reference/evaluate/index.ts';
import { mergeMatches } from '../../../reference/compare/merge-matches.ts';
import { createRandom } from '../../../reference/random.ts';
import { generateEvaluationSet } from '../../support/generate-evaluation-set.ts';
import { perturbResults } from '../../support/perturb-results.ts';
import { BOUNDED, setWithTies } from '../evaluate/arbitrary-set.ts';

const SET = { seed: 5, images: 60, categories: 6, annotationsPerImage: 6, detectionsPerImage: 20 };
const STRONG = { boxJitter: 0.15, scoreJitter: 0.8, lostShare: 0.2 };

/** The results of `one` for the images that stay, of `other` for those that are swapped. */
function swap(
  one: readonly CocoResult[],
  other: readonly CocoResult[],
  swapped: ReadonlySet<number>,
): CocoResult[] {
  return [
    ...one.filter(({ image_id }) => !swapped.has(image_id)),
    ...other.filter(({ image_id }) => swapped.has(image_id)),
  ];
}

describe('merged matches', () => {
  it('give to the last bit what an evaluation of the swapped results gives, ties across images in their order', () => {
    const sides = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(setWithTies, setWithTies, sides, ({ groundTruth, results }, { results: others }, drawn) => {
        const first = evaluateDetections(groundTruth, results);
        const second = evaluateDetections(groundTruth, others);
        const merged = mergeMatches(first.matches, second.matches, 3);
        const weights = Uint32Array.from([...drawn.map((side) => 1 - side), ...drawn]);
        const swapped = new Set(Array.from(first.imageIds).filter((_, i) => drawn[i] === 1));
        const expected = evaluateDetections(groundTruth, swap(results, others, swapped));
        expect(summarize(accumulate(merged, 6, weights))).toStrictEqual(expected.stats);
      }),
      { ...BOUNDED, numRuns: 200 },
    );
  });
});

/** Evaluates each swap anew, from the results. */
function slowP(
  groundTruth: CocoGroundTruth,
  one: readonly CocoResult[],
  other: readonly CocoResult[],
  seed: number,
  permutations: number,
): { ap: number; ap50: number; ofFirstCategory: number } {
  const random = createRandom(seed);
  const ids = groundTruth.images.map(({ id }) => id).sort((a, b) => a - b);
  const differ = (swapped: ReadonlySet<number>): number[] => {
    const a = evaluateDetections(groundTruth, swap(one, other, swapped));
    const b = evaluateDetections(groundTruth, swap(other, one, swapped));
    return [
      b.stats.AP - a.stats.AP,
      b.stats.AP50 - a.stats.AP50,
      b.perCategory[0]!.ap - a.perCategory[0]!.ap,
    ].map(Math.abs);
  };
  const observed = differ(new Set());
  const counts = [1, 1, 1];
  for (let p = 0; p < permutations; p++) {
    const drawn = differ(new Set(ids.filter(() => random.integer(2) === 1)));
    for (let i = 0; i < 3; i++) if (drawn[i]! >= observed[i]! - 1e-12) counts[i]!++;
  }
  const [ap, ap50, ofFirstCategory] = counts.map((count) => count / (permutations + 1));
  return { ap: ap!, ap50: ap50!, ofFirstCategory: ofFirstCategory! };
}

describe('the permutation test', () => {
  const { groundTruth, results } = generateEvaluationSet(SET);
  const baseline = evaluateDetections(groundTruth, results);

  it('counts what evaluating every swap anew counts', () => {
    const others = perturbResults(results, { boxJitter: 0.02, scoreJitter: 0.3, lostShare: 0.02, seed: 7 });
    const candidate = evaluateDetections(groundTruth, others);
    const actual = permutationTest(baseline, candidate, { random: createRandom(11), permutations: 60 });
    const expected = slowP(groundTruth, results, others, 11, 60);
    expect(actual.metrics).toEqual({ AP: expected.ap, AP50: expected.ap50 });
    expect(actual.perCategory[0]!.ap).toBe(expected.ofFirstCategory);
    expect(expected.ap).toBeGreaterThan(2 / 61);
    // Drawn in portions.
    const portions = new Permutations(baseline, candidate, { random: createRandom(11), permutations: 60 });
    expect(() => portions.result()).toThrow('60 swaps are left');
    for (const count of [1, 0, 40]) portions.draw(count);
    expect(portions.left).toBe(19);
    portions.draw(1000);
    expect(portions.result()).toEqual(actual);
  });

  it('gives 1 for equal outputs, and the least p for outputs that differ everywhere', () => {
    const same = permutationTest(baseline, baseline, { random: createRandom(1), permutations: 99 });
    expect(same.metrics).toEqual({ AP: 1, AP50: 1 });
    const candidate = evaluateDetections(groundTruth, perturbResults(results, { ...STRONG, seed: 7 }));
    const test = permutationTest(baseline, candidate, {
      random: createRandom(1),
      permutations: 99,
      metrics: COCO_METRICS.map(({ name }) => name),
    });
    expect(test.metrics.AP).toBe(0.01);
    expect(Object.keys(test.metrics)).toEqual(COCO_METRICS.map(({ name }) => name));
  });

  it('gives the same p for the two the other way round, and with the same seed', () => {
    const candidate = evaluateDetections(groundTruth, perturbResults(results, { ...STRONG, seed: 8 }));
    const p = (a = baseline, b = candidate): unknown =>
      permutationTest(a, b, { random: createRandom(3), permutations: 40 });
    expect(p(candidate, baseline)).toEqual(p());
    expect(p()).toEqual(p());
  });

  it('has no p where there is no ground truth, and 1 where nothing was detected', () => {
    const nothing = { ...groundTruth, annotations: [] };
    const empty = evaluateDetections(nothing, []);
    const test = permutationTest(empty, empty, { random: createRandom(1), permutations: 9 });
    expect(test.metrics.AP).toBeNull();
    expect(test.perCategory[0]).toEqual({ ap: null, ap50: null });
    const none = evaluateDetections(groundTruth, []);
    expect(permutationTest(none, none, { random: createRandom(1), permutations: 9 }).metrics.AP).toBe(1);
  });

  it('refuses other images, other ground truth, no images and no permutations', () => {
    const random = createRandom(1);
    const fewer = evaluateDetections(groundTruth, results, { imageIds: [groundTruth.images[0]!.id] });
    expect(() => permutationTest(baseline, fewer, { random })).toThrow(/other images \(60 and 1\)/);
    const changed = { ...groundTruth, annotations: groundTruth.annotations.slice(1) };
    const other = evaluateDetections(changed, results);
    expect(() => permutationTest(baseline, other, { random })).toThrow(/objects of/);
    const none = evaluateDetections({ images: [], annotations: [], categories: [] }, []);
    expect(() => permutationTest(none, none, { random })).toThrow(/no images/);
    expect(() => permutationTest(baseline, baseline, { random, permutations: 0 })).toThrow(/swap 0 times/);
  });
});
