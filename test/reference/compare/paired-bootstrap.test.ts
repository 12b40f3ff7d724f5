import { describe, expect, it } from 'vitest';
import { type PairedBootstrap, pairedBootstrap } from '../../../reference/compare/index.ts';
import { drawHalf } from '../../../reference/compare/bootstrap-differences.ts';
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

interface SlowFigure {
  readonly difference: number;
  readonly standardError: number;
}

/** The definition, with every half evaluated from files of its own. */
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
  const half = Math.floor(ids.length / 2);
  const contrasts: number[][] = [];
  const order = Uint32Array.from(ids.keys());
  for (let p = 0; p < replicates / 2; p++) {
    const drawn = new Set(Array.from(drawHalf(random, order), (i) => ids[i]!));
    expect(drawn.size).toBe(half);
    // Twice, as what a bootstrap draws; that the weight is the same for all makes it no matter.
    const values = differences((id) => (drawn.has(id) ? 2 : 0));
    const others = differences((id) => (drawn.has(id) ? 0 : 2));
    contrasts.push(
      observed.map((value, k) => {
        const m = imagesWith[k]!.length;
        const own = imagesWith[k]!.filter((id) => drawn.has(id)).length;
        if (m === 0) return 0;
        if (m === 1) {
          const mean = (difference * present.length - value!) / (present.length - 1);
          return (own === 1 ? 1 : -1) * (value! - mean);
        }
        if (own === 0 || own === m) return 0;
        const whole = choose(ids.length, half);
        const oneSided = (choose(ids.length - m, half) + choose(ids.length - m, half - m)) / whole;
        return ((values[k]! - others[k]!) * Math.sqrt(own * (m - own))) / m / Math.sqrt(1 - oneSided);
      }),
    );
  }
  const rootMeanSquare = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  return {
    ap: {
      difference,
      standardError: rootMeanSquare(
        contrasts.map((row) => row.reduce((sum, value) => sum + value, 0) / present.length),
      ),
    },
    categories: observed.map((value, k) => ({
      difference: value ?? Number.NaN,
      standardError: rootMeanSquare(contrasts.map((row) => row[k]!)),
    })),
  };
}

/** Of `n` things, how many sets of `k`; 0 where there are not so many. */
const choose = (n: number, k: number): number => {
  if (k < 0 || k > n) return 0;
  let ways = 1;
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i;
  return ways;
};

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
    expect(supports.some((images) => images > 1 && images < 5)).toBe(true);
    expect(supports.some((images) => images >= 10)).toBe(true);
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
