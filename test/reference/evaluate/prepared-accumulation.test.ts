import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  COCO_METRICS,
  type CocoStats,
  evaluateDetections,
  summarize,
} from '../../../reference/evaluate/index.ts';
import { meanOfCategories, PreparedAccumulation } from '../../../reference/evaluate/prepared-accumulation.ts';
import { summarizeCategory } from '../../../reference/evaluate/summarize.ts';
import { createRandom } from '../../../reference/random.ts';
import { generateEvaluationSet } from '../../support/generate-evaluation-set.ts';
import {
  BOUNDED,
  type SmallSet,
  setWithDistinctScores,
  setWithManyDetections,
  setWithTies,
} from './arbitrary-set.ts';

/** The same quotients, added in another order. */
const TOLERANCE = 1e-12;

const NAMES = COCO_METRICS.map(({ name }) => name);

function figuresOf(
  prepared: PreparedAccumulation,
  weights: Uint16Array,
): { stats: CocoStats; row: Float64Array } {
  const row = new Float64Array(prepared.rowLength);
  prepared.evaluate(weights, row);
  const entries = NAMES.map((name, m): [string, number] => {
    const figure = meanOfCategories(row, m * prepared.categoryCount, prepared.categoryCount);
    return [name, Number.isNaN(figure) ? -1 : figure];
  });
  return { stats: Object.fromEntries(entries) as CocoStats, row };
}

function expectSame({ groundTruth, results }: SmallSet, drawn: readonly number[]): void {
  const { matches, imageIds } = evaluateDetections(groundTruth, results);
  const prepared = new PreparedAccumulation(matches, imageIds.length, NAMES);
  const { stats, row } = figuresOf(prepared, Uint16Array.from(drawn));
  const accumulated = accumulate(matches, imageIds.length, Uint32Array.from(drawn));
  const expected = summarize(accumulated);
  for (const name of NAMES) expect(Math.abs(stats[name] - expected[name])).toBeLessThanOrEqual(TOLERANCE);
  const categories = matches.length;
  for (let k = 0; k < categories; k++) {
    const { ap, ap50, ar100 } = summarizeCategory(accumulated, k);
    for (const [name, figure] of [
      ['AP', ap],
      ['AP50', ap50],
      ['AR100', ar100],
    ] as const) {
      const value = row[NAMES.indexOf(name) * categories + k]!;
      if (figure === -1) expect(value).toBeNaN();
      else expect(Math.abs(value - figure)).toBeLessThanOrEqual(TOLERANCE);
    }
  }
}

describe('a prepared accumulation', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 });

  it.each([
    ['distinct scores', setWithDistinctScores],
    ['ties', setWithTies],
    ['more than 100 detections', setWithManyDetections],
  ])('gives the figures of accumulate and summarize within 1e-12 with any weights: %s', (_, sets) => {
    fc.assert(fc.property(sets, weights, expectSame), { ...BOUNDED, numRuns: 200 });
  });

  it('does so for a set like COCO, drawn with replacement', () => {
    const set = generateEvaluationSet({
      seed: 3,
      images: 300,
      categories: 30,
      annotationsPerImage: 7,
      detectionsPerImage: 40,
    });
    const random = createRandom(4);
    for (let draw = 0; draw < 5; draw++) {
      const drawn = new Array<number>(300).fill(0);
      for (let i = 0; i < 300; i++) drawn[random.integer(300)]!++;
      expectSame(set, drawn);
    }
  });

  it('has no figure without objects, and refuses another number of weights than images', () => {
    const { groundTruth } = generateEvaluationSet({
      seed: 1,
      images: 2,
      categories: 2,
      annotationsPerImage: 3,
      detectionsPerImage: 1,
    });
    const { matches } = evaluateDetections({ ...groundTruth, annotations: [] }, []);
    const prepared = new PreparedAccumulation(matches, 2, NAMES);
    expect(figuresOf(prepared, Uint16Array.of(1, 1)).stats.AP).toBe(-1);
    expect(() => prepared.evaluate(new Uint16Array(3), new Float64Array(24))).toThrow(/2 images with 3/);
  });
});
