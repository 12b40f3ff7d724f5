import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PrecisionName, tieBand, withinTies } from '../../../reference/compare/index.ts';
import {
  accumulate,
  type CategoryMatches,
  COCO_METRICS,
  evaluateDetections,
  summarize,
} from '../../../reference/evaluate/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { generateEvaluationSet } from '../../support/generate-evaluation-set.ts';
import { BOUNDED, setWithDistinctScores, setWithTies } from '../evaluate/arbitrary-set.ts';

/** Means are added in another order. */
const TOLERANCE = 1e-12;

const NAMES = COCO_METRICS.filter(({ kind }) => kind === 'precision').map(
  ({ name }) => name as PrecisionName,
);
const AT_ONE_THRESHOLD: readonly string[] = ['AP50', 'AP75'];

/** The category with its detections in another order. */
function reorder(category: CategoryMatches, order: readonly number[]): CategoryMatches {
  const pick = <T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(column: T): T =>
    column.map((_, i) => column[order[i]!]!) as T;
  return {
    ...category,
    scores: pick(category.scores),
    images: pick(category.images),
    ranks: pick(category.ranks),
    resultIndices: pick(category.resultIndices),
    matched: category.matched.map(pick),
    ignored: category.ignored.map(pick),
  };
}

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

/** All orders of a category in which scores do not rise; undefined where they are too many. */
function ordersOf({ count, scores }: CategoryMatches): number[][] | undefined {
  let orders: number[][] = [[]];
  for (let from = 0; from < count; ) {
    let to = from;
    while (to < count && scores[to] === scores[from]) to++;
    if (to - from > 5) return undefined;
    const group = permutations(Array.from({ length: to - from }, (_, i) => from + i));
    orders = orders.flatMap((order) => group.map((end) => [...order, ...end]));
    if (orders.length > 200) return undefined;
    from = to;
  }
  return orders;
}

/** Whether of any two tied detections one is right or left out wherever the other is right: then one order serves all thresholds. */
function nests({ count, scores, matched, ignored }: CategoryMatches): boolean {
  return matched.every((masks, area) => {
    const right = masks.map((mask, i) => mask & ~ignored[area]![i]!);
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count && scores[j] === scores[i]; j++) {
        const counted = ~(ignored[area]![i]! | ignored[area]![j]!);
        if ((right[i]! & ~right[j]! & counted) !== 0 && (right[j]! & ~right[i]! & counted) !== 0)
          return false;
        // What is left out at some thresholds stands between others without a rank of its own.
        if (ignored[area]![i]! !== 0 || ignored[area]![j]! !== 0) return false;
      }
    }
    return true;
  });
}

describe('the tie band', () => {
  it('has the lowest and highest figures of all orders of equal scores as its ends, by brute force', () => {
    let compared = 0;
    fc.assert(
      fc.property(setWithTies, ({ groundTruth, results }) => {
        const evaluation = evaluateDetections(groundTruth, results.slice(0, 14));
        const band = tieBand(evaluation);
        for (const [k, category] of evaluation.matches.entries()) {
          const orders = ordersOf(category);
          if (!orders || orders.length < 2) continue;
          compared++;
          const alone = { ...evaluation, matches: [category], perCategory: [evaluation.perCategory[k]!] };
          const own = tieBand(alone);
          expect(own.perCategory[0]).toEqual(band.perCategory[k]);
          const found = orders.map((order) => summarize(accumulate([reorder(category, order)], 3)));
          for (const name of NAMES) {
            const figures = found.map((stats) => stats[name]);
            const ends = own.metrics[name];
            if (ends === null) {
              expect(figures.every((figure) => figure === -1)).toBe(true);
              continue;
            }
            const least = Math.min(...figures);
            const most = Math.max(...figures);
            expect(ends.low).toBeLessThanOrEqual(least + TOLERANCE);
            expect(ends.high).toBeGreaterThanOrEqual(most - TOLERANCE);
            if (!AT_ONE_THRESHOLD.includes(name) && !nests(category)) continue;
            expect(Math.abs(ends.low - least)).toBeLessThanOrEqual(TOLERANCE);
            expect(Math.abs(ends.high - most)).toBeLessThanOrEqual(TOLERANCE);
          }
        }
      }),
      { ...BOUNDED, numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('has no width without ties', () => {
    fc.assert(
      fc.property(setWithDistinctScores, ({ groundTruth, results }) => {
        const evaluation = evaluateDetections(groundTruth, results);
        const band = tieBand(evaluation);
        for (const name of NAMES) {
          const ends = band.metrics[name];
          if (ends === null) expect(evaluation.stats[name]).toBe(-1);
          else {
            expect(ends.high).toBe(ends.low);
            expect(Math.abs(ends.low - evaluation.stats[name])).toBeLessThanOrEqual(TOLERANCE);
          }
        }
      }),
      { ...BOUNDED, numRuns: 100 },
    );
  });

  it('holds the figures of the same results under other image ids, where scores are coarse', () => {
    const { groundTruth, results } = generateEvaluationSet({
      seed: 2,
      images: 80,
      categories: 5,
      annotationsPerImage: 6,
      detectionsPerImage: 20,
    });
    // Distinct within an image and category: else another order of the ids could change what matching does.
    const coarse = results.map((result) => ({ ...result, score: Math.ceil(result.score * 50) / 50 }));
    const evaluation = evaluateDetections(groundTruth, coarse);
    const band = tieBand(evaluation).metrics.AP!;
    expect(band.high - band.low).toBeGreaterThan(0.005);
    const figures = [1, 2, 3, 4, 5].map((seed) => {
      const ids = createRandom(seed).shuffle(groundTruth.images.map(({ id }) => id));
      const renamed = new Map(groundTruth.images.map(({ id }, i) => [id, ids[i]!]));
      const rename = <T extends { image_id: number }>(entry: T): T => ({
        ...entry,
        image_id: renamed.get(entry.image_id)!,
      });
      const other = evaluateDetections(
        { ...groundTruth, annotations: groundTruth.annotations.map(rename) },
        coarse.map(rename),
      );
      expect(other.stats.AP).toBeGreaterThanOrEqual(band.low);
      expect(other.stats.AP).toBeLessThanOrEqual(band.high);
      return other.stats.AP;
    });
    expect(new Set(figures).size).toBeGreaterThan(1);
  });

  it('is null without ground truth, and says of two figures whether ties explain them', () => {
    const empty = evaluateDetections(
      {
        images: [{ id: 1, file_name: '', width: 1, height: 1 }],
        annotations: [],
        categories: [{ id: 1, name: 'a' }],
      },
      [],
    );
    expect(tieBand(empty).metrics.AP).toBeNull();
    expect(tieBand(empty).perCategory).toEqual([{ ap: null, ap50: null }]);
    const point = { figure: 0.4, band: { low: 0.4, high: 0.4 } };
    const wide = { figure: 0.405, band: { low: 0.4, high: 0.41 } };
    expect(withinTies(point, point)).toBe(true);
    expect(withinTies(point, wide)).toBe(true);
    expect(withinTies(wide, point)).toBe(true);
    expect(withinTies({ figure: 0.399, band: { low: 0.399, high: 0.401 } }, wide)).toBe(false);
  });
});
