import { describe, expect, it } from 'vitest';
import { type PairedBootstrap, pairedBootstrap } from '../../../reference/compare/index.ts';
import {
  DRAWS_AN_IMAGE,
  FEW_IMAGES,
  OWN_IMAGES_SHARE,
} from '../../../reference/compare/bootstrap-differences.ts';
import type { CocoResult } from '../../../reference/detections.ts';
import { type CocoGroundTruth, COCO_METRICS, evaluateDetections } from '../../../reference/evaluate/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { generateEvaluationSet } from '../../support/generate-evaluation-set.ts';
import { perturbResults } from '../../support/perturb-results.ts';
import { repeatImages } from '../evaluate/repeat-images.ts';

/** Sums in another order. */
const TOLERANCE = 1e-12;

const SET = { seed: 1, images: 130, categories: 30, annotationsPerImage: 5, detectionsPerImage: 15 };
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
  const draw = (weights: Map<number, number>, times: number): void => {
    for (let i = 0; i < times * ids.length; i++) {
      const id = ids[random.integer(ids.length)]!;
      weights.set(id, weights.get(id)! + 1);
    }
  };
  const deviationsOf = (weights: Map<number, number>): number[] =>
    differences((id) => weights.get(id)!).map((value, k) =>
      value === null ? 0 : value - (observed[k] ?? 0),
    );
  const ordinary: number[][] = [];
  const smoother: number[][] = [];
  const firstWeights: Map<number, number>[] = [];
  for (let r = 0; r < replicates; r++) {
    const weights = new Map(ids.map((id) => [id, 0]));
    draw(weights, 1);
    firstWeights.push(new Map(weights));
    ordinary.push(deviationsOf(weights));
    draw(weights, DRAWS_AN_IMAGE - 1);
    smoother.push(deviationsOf(weights));
  }
  const errors = observed.map((_, k) => {
    const m = imagesWith[k]!.length;
    if (m >= FEW_IMAGES) return deviation(ordinary.map((row) => row[k]!));
    const own = deviation(smoother.map((row) => row[k]!));
    return own * Math.sqrt(DRAWS_AN_IMAGE * (1 + OWN_IMAGES_SHARE / (m - 1)));
  });
  const sums = ordinary.map((row, r) => {
    let sum = 0;
    for (const k of present) {
      const m = imagesWith[k]!.length;
      const others = (difference * present.length - observed[k]!) / (present.length - 1);
      if (m === 1) sum += (firstWeights[r]!.get(imagesWith[k]![0]!)! - 1) * (observed[k]! - others);
      else if (m >= FEW_IMAGES) sum += row[k]!;
      else {
        const asDrawn = deviation(ordinary.map((own) => own[k]!));
        if (asDrawn > 0) sum += (row[k]! * errors[k]!) / asDrawn;
      }
    }
    return sum / present.length;
  });
  return {
    ap: { difference, standardError: deviation(sums) },
    categories: observed.map((value, k) => ({ difference: value ?? Number.NaN, standardError: errors[k]! })),
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
    // One category of each kind that has a rule of its own.
    const supports = perCategory.map(({ ap }) => ap?.images ?? 0);
    expect(supports.some((images) => images === 0)).toBe(true);
    expect(supports.some((images) => images === 1)).toBe(true);
    expect(supports.some((images) => images >= 10 && images < FEW_IMAGES)).toBe(true);
    expect(supports.some((images) => images >= FEW_IMAGES)).toBe(true);
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
