import { describe, expect, it } from 'vitest';
import { type PairedBootstrap, pairedBootstrap } from '../../../reference/compare/index.ts';
import { DRAWS_AN_IMAGE, OWN_IMAGES_SHARE } from '../../../reference/compare/bootstrap-differences.ts';
import type { CocoResult } from '../../../reference/detections.ts';
import { type CocoGroundTruth, COCO_METRICS, evaluateDetections } from '../../../reference/evaluate/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { generateEvaluationSet } from '../../support/generate-evaluation-set.ts';
import { perturbResults } from '../../support/perturb-results.ts';
import { repeatImages } from '../evaluate/repeat-images.ts';

/** Sums in another order. */
const TOLERANCE = 1e-12;

const SET = { seed: 7, images: 60, categories: 12, annotationsPerImage: 5, detectionsPerImage: 15 };
const { groundTruth, results } = generateEvaluationSet(SET);
const others = perturbResults(results, { seed: 6, boxJitter: 0.03, scoreJitter: 0.3, lostShare: 0.03 });
const baseline = evaluateDetections(groundTruth, results);
const candidate = evaluateDetections(groundTruth, others);

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

interface SlowFigure {
  readonly difference: number;
  readonly standardError: number;
}

/** The definition, with every replicate evaluated anew from its files: images copied under ids of their own. */
function slowBootstrap(
  truth: CocoGroundTruth,
  first: readonly CocoResult[],
  second: readonly CocoResult[],
  seed: number,
  replicates: number,
): { ap: SlowFigure; categories: SlowFigure[] } {
  const random = createRandom(seed);
  const ids = truth.images.map(({ id }) => id).sort((a, b) => a - b);
  const differences = (weightOf: (id: number) => number): (number | null)[] => {
    const [a, b] = [first, second].map((own) => {
      const repeated = repeatImages(truth, own, weightOf);
      return evaluateDetections(repeated.groundTruth, repeated.results).perCategory;
    });
    return a!.map(({ ap }, k) => (ap === -1 ? null : b![k]!.ap - ap));
  };
  const observed = differences(() => 1);
  const present = observed.flatMap((value, k) => (value === null ? [] : [k]));
  const difference = present.reduce((sum, k) => sum + observed[k]!, 0) / present.length;
  const imagesWith = observed.map((_, k) => {
    const category = truth.categories[k]!.id;
    return [
      ...new Set(
        truth.annotations
          .filter(({ category_id, iscrowd }) => category_id === category && !iscrowd)
          .map(({ image_id }) => image_id),
      ),
    ];
  });
  const deviations: number[] = [];
  const ofCategories = observed.map((): number[] => []);
  for (let r = 0; r < replicates; r++) {
    const weights = new Map(ids.map((id) => [id, 0]));
    for (let i = 0; i < DRAWS_AN_IMAGE * ids.length; i++) {
      const id = ids[random.integer(ids.length)]!;
      weights.set(id, weights.get(id)! + 1);
    }
    const drawn = differences((id) => weights.get(id)!);
    let sum = 0;
    for (const k of present) {
      if (imagesWith[k]!.length === 1) {
        const others = (difference * present.length - observed[k]!) / (present.length - 1);
        const relative = weights.get(imagesWith[k]![0]!)! / DRAWS_AN_IMAGE - 1;
        sum += Math.sqrt(DRAWS_AN_IMAGE) * relative * (observed[k]! - others);
        continue;
      }
      const m = imagesWith[k]!.length;
      const own =
        drawn[k] === null
          ? 0
          : Math.sqrt(DRAWS_AN_IMAGE * (1 + OWN_IMAGES_SHARE / (m - 1))) * (drawn[k]! - observed[k]!);
      ofCategories[k]!.push(own);
      sum += own;
    }
    deviations.push(sum / present.length);
  }
  return {
    ap: { difference, standardError: deviation(deviations) },
    categories: observed.map((value, k) => ({
      difference: value ?? Number.NaN,
      standardError: ofCategories[k]!.length > 0 ? deviation(ofCategories[k]!) : Number.NaN,
    })),
  };
}

const run = (a = baseline, b = candidate, seed = 9, replicates = 20): PairedBootstrap =>
  pairedBootstrap(a, b, { random: createRandom(seed), replicates });

describe('the paired bootstrap', () => {
  it('finds within 1e-12 what evaluating repeated images anew finds, figures and categories', () => {
    const slow = slowBootstrap(groundTruth, results, others, 9, 20);
    const { metrics, perCategory } = run();
    expect(Math.abs(metrics.AP!.difference - slow.ap.difference)).toBeLessThan(TOLERANCE);
    expect(Math.abs(metrics.AP!.standardError! - slow.ap.standardError)).toBeLessThan(TOLERANCE);
    expect(slow.ap.standardError).toBeGreaterThan(0.001);
    expect(perCategory.filter((own) => own.ap?.standardError != null).length).toBeGreaterThanOrEqual(2);
    expect(perCategory.some((own) => own.ap?.images === 1)).toBe(true);
    for (const [k, { difference, standardError }] of slow.categories.entries()) {
      const { ap } = perCategory[k]!;
      if (Number.isNaN(difference)) expect(ap).toBeNull();
      else if (ap!.images < 10) expect(ap!.standardError).toBeNull();
      else {
        expect(Math.abs(ap!.difference - difference)).toBeLessThan(TOLERANCE);
        expect(Math.abs(ap!.standardError! - standardError)).toBeLessThan(TOLERANCE);
      }
    }
  });

  it('gives the differences of the twelve figures of the evaluations', () => {
    const { metrics } = run();
    for (const { name } of COCO_METRICS) {
      const { difference, standardError, low, high, images } = metrics[name]!;
      expect(Math.abs(difference - (candidate.stats[name] - baseline.stats[name]))).toBeLessThan(TOLERANCE);
      expect(high! - low!).toBeCloseTo(2 * 1.959963984540054 * standardError!, 12);
      expect((low! + high!) / 2).toBeCloseTo(difference, 12);
      expect(images).toBe(SET.images);
    }
  });

  it('gives the same for the same seed, other intervals for another, and mirrored ones the other way round', () => {
    expect(run()).toEqual(run());
    expect(run(baseline, candidate, 10).metrics.AP!.low).not.toBe(run().metrics.AP!.low);
    const there = run().metrics.AP!;
    const back = run(candidate, baseline).metrics.AP!;
    expect(back.difference).toBeCloseTo(-there.difference, 14);
    expect(back.low).toBeCloseTo(-there.high!, 14);
  });

  it('finds the same for AP alone as among all twelve', () => {
    const some = pairedBootstrap(baseline, candidate, {
      random: createRandom(9),
      replicates: 20,
      metrics: ['AP75'],
    });
    expect(Object.keys(some.metrics)).toEqual(['AP75']);
    expect(some.metrics.AP75).toEqual(run().metrics.AP75);
    expect(some.perCategory).toEqual(run().perCategory);
  });

  it('gives an interval of no width for equal outputs, and for none at all', () => {
    for (const same of [baseline, evaluateDetections(groundTruth, [])]) {
      expect(run(same, same).metrics.AP).toEqual({
        difference: 0,
        standardError: 0,
        low: 0,
        high: 0,
        images: SET.images,
      });
    }
  });

  it('has no interval of fewer than ten images or where no category has two, and no figure without ground truth', () => {
    const imageIds = [groundTruth.annotations.find(({ iscrowd }) => !iscrowd)!.image_id];
    const one = run(
      evaluateDetections(groundTruth, results, { imageIds }),
      evaluateDetections(groundTruth, others, { imageIds }),
    );
    expect(one.metrics.AP).toMatchObject({ standardError: null, low: null, high: null, images: 1 });
    const nothing = { ...groundTruth, annotations: [] };
    const empty = run(evaluateDetections(nothing, results), evaluateDetections(nothing, others));
    expect(empty.metrics.AP).toBeNull();
    expect(empty.perCategory[0]).toEqual({ ap: null, ap50: null });
  });

  it('refuses other images and too few replicates', () => {
    const fewer = evaluateDetections(groundTruth, results, { imageIds: [groundTruth.images[0]!.id] });
    expect(() => run(baseline, fewer)).toThrow(/other images/);
    expect(() => run(baseline, candidate, 1, 1)).toThrow(/draw 1 replicates/);
    const random = createRandom(1);
    expect(() => pairedBootstrap(baseline, candidate, { random, confidence: 1 })).toThrow(/between 0 and 1/);
  });
});
