import { beforeAll, describe, expect, it } from 'vitest';
import { permutationTest } from '../../reference/compare/index.ts';
import type { MetricName } from '../../reference/evaluate/index.ts';
import { createRandom } from '../../reference/random.ts';
import { powerOf } from '../../reference/statistics/index.ts';
import { evaluationOfMatches } from '../support/evaluation-of-matches.ts';
import { COCO_LIKE, generatePopulation, UNCHANGED } from '../support/generate-population.ts';
import {
  type Coverage,
  coverageLine,
  measureCoverage,
  populationFigures,
} from '../support/measure-coverage.ts';
import { uniqueImagesInterval } from '../support/unique-images-interval.ts';

const SETS = 1000;
const LIKE_BASELINE = { ...UNCHANGED, scoreJitter: 0.05, iouJitter: 0.005 };
const BASELINE = 0;
/** Backends by what they lose. */
const NOTHING = 1;
const LITTLE = 2;
const MUCH = 3;
const NAMES = { [NOTHING]: 'no loss', [LITTLE]: 'AP − 0.002', [MUCH]: 'AP − 0.01' };
const METRICS: readonly MetricName[] = ['AP', 'AP50'];

const population = generatePopulation({
  ...COCO_LIKE,
  seed: 3,
  backends: [
    LIKE_BASELINE,
    LIKE_BASELINE,
    { scoreJitter: 0.1, iouJitter: 0.01, iouLoss: 0.0006, lostHits: 0.0006 },
    { scoreJitter: 0.2, iouJitter: 0.015, iouLoss: 0.0039, lostHits: 0.0026 },
  ],
});
const truths = populationFigures(population, METRICS);
const lossOf = (backend: number): number => truths[BASELINE]![0]! - truths[backend]![0]!;

it('has populations that lose nothing, 0.002 and 0.01', () => {
  expect(lossOf(NOTHING)).toBeCloseTo(0, 3);
  expect(lossOf(LITTLE)).toBeCloseTo(0.002, 3);
  expect(lossOf(MUCH)).toBeCloseTo(0.01, 2.5);
});

describe.each([
  // Fewer replicates than the thousand of a run: their error in each standard error, 5 and 7 %, hardly counts beside that
  // of the images.
  { images: 200, replicates: 200 },
  { images: 2000, replicates: 100 },
])(`${SETS} sets of $images images, $replicates replicates`, ({ images, replicates }) => {
  let coverage: Coverage[] = [];
  beforeAll(() => {
    coverage = measureCoverage(
      {
        population,
        metrics: METRICS,
        baseline: BASELINE,
        candidates: [NOTHING, LITTLE, MUCH],
        images,
        sets: SETS,
        replicates,
        seed: images,
      },
      truths,
    );
    for (const row of coverage) {
      console.log(coverageLine(`${images} images, ${NAMES[row.candidate as 1]}`, row));
    }
  }, 3_600_000);
  const of = (candidate: number): Coverage =>
    coverage.find((row) => row.candidate === candidate && row.metric === 'AP')!;

  it.each([
    [NAMES[NOTHING], NOTHING],
    [NAMES[LITTLE], LITTLE],
    [NAMES[MUCH], MUCH],
  ])('have the true difference of AP in 0.935 to 0.965 of the intervals: %s', (_, candidate) => {
    expect(of(candidate).covered).toBeGreaterThanOrEqual(0.935);
    expect(of(candidate).covered).toBeLessThanOrEqual(0.965);
  });

  it('raise an alarm in 5 % at most of comparisons of equal backends', () => {
    expect(of(NOTHING).foundWorse).toBeLessThanOrEqual(0.05);
  });

  it('find a true loss about as often as powerOf says from the standard error', () => {
    for (const candidate of [LITTLE, MUCH]) {
      const { truth, standardError, foundWorse } = of(candidate);
      const power = powerOf({ standardError, images }, truth);
      console.log(
        `${images} images: a loss of ${(-truth).toFixed(4)} found in ${(100 * foundWorse).toFixed(1)} %, power ${(100 * power).toFixed(1)} %`,
      );
      expect(Math.abs(foundWorse - power)).toBeLessThan(0.1);
    }
  });
});

describe('400 sets of 2,000 images of a population with one category, equal backends', () => {
  const sets = 400;
  const images = 2000;
  const replicates = 100;
  const single = generatePopulation({
    ...COCO_LIKE,
    categories: 1,
    categoriesPerImage: 1,
    seed: 4,
    backends: [LIKE_BASELINE, LIKE_BASELINE],
  });
  const figures = populationFigures(single, ['AP']);

  it('have the true difference in the intervals as often as they say', () => {
    const [coverage] = measureCoverage(
      {
        population: single,
        metrics: ['AP'],
        baseline: 0,
        candidates: [1],
        images,
        sets,
        replicates,
        seed: 5,
      },
      figures,
    );
    console.log(coverageLine('one category', coverage!));
    // Three binomial standard errors around 95 %.
    expect(Math.abs(coverage!.covered - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / sets));
  });

  it('have it far less often where images drawn twice count once', () => {
    const truth = figures[1]![0]! - figures[0]![0]!;
    const random = createRandom(6);
    let covered = 0;
    for (let s = 0; s < sets; s++) {
      const drawn = Uint32Array.from({ length: images }, () => random.integer(single.imageCount));
      const [first, second] = single.matchesOf(drawn);
      const { low, high } = uniqueImagesInterval(first!, second!, images, { random, replicates });
      if (low <= truth && truth <= high) covered++;
    }
    console.log(`one category, duplicates dropped: covered ${((100 * covered) / sets).toFixed(1)} %`);
    expect(covered / sets).toBeLessThan(0.9);
  });
});

it('gives p <= 0.05 in 5 % at most of comparisons of equal backends, and finds a loss of 0.01', () => {
  const random = createRandom(8);
  const sets = 200;
  const found = { [NOTHING]: 0, [MUCH]: 0 };
  for (let s = 0; s < sets; s++) {
    const images = Uint32Array.from({ length: 200 }, () => random.integer(population.imageCount));
    const evaluations = population.matchesOf(images).map((matches) => evaluationOfMatches(matches, 200));
    for (const candidate of [NOTHING, MUCH] as const) {
      const { metrics } = permutationTest(evaluations[BASELINE]!, evaluations[candidate]!, {
        random,
        permutations: 99,
      });
      if (metrics.AP! <= 0.05) found[candidate]++;
    }
  }
  console.log(
    `permutation test, 200 images: ${((100 * found[NOTHING]) / sets).toFixed(1)} % of equal backends, ${((100 * found[MUCH]) / sets).toFixed(1)} % of losses of 0.01`,
  );
  // Three binomial standard errors above 5 %.
  expect(found[NOTHING] / sets).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / sets));
  expect(found[MUCH] / sets).toBeGreaterThan(0.5);
});
