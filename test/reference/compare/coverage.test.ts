import { describe, expect, it } from 'vitest';
import { permutationTest } from '../../../reference/compare/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { evaluationOfMatches } from '../../support/evaluation-of-matches.ts';
import { generatePopulation, UNCHANGED } from '../../support/generate-population.ts';
import { coverageLine, measureCoverage, populationFigures } from '../../support/measure-coverage.ts';
import { uniqueImagesInterval } from '../../support/unique-images-interval.ts';

/** A small version of `test/prove/paired-bootstrap.prove.ts`: a population with four categories, the last one rare. */
const CHANGED = { ...UNCHANGED, scoreJitter: 0.2, iouJitter: 0.02 };
const population = generatePopulation({
  seed: 11,
  images: 20_000,
  categories: 4,
  categoriesPerImage: 1.5,
  falseAlarmsPerImage: 6,
  backends: [CHANGED, CHANGED],
});
const truths = populationFigures(population, ['AP']);
const truth = truths[1]![0]! - truths[0]![0]!;
const SETS = 300;
const IMAGES = 150;

describe('300 sets of 150 images of a population, two backends that differ by chance', () => {
  it('have the true difference of AP in the 95 % interval in 92 to 98 %, with the standard error there is', () => {
    const [coverage] = measureCoverage(
      {
        population,
        metrics: ['AP'],
        baseline: 0,
        candidates: [1],
        images: IMAGES,
        sets: SETS,
        replicates: 100,
        seed: 1,
      },
      truths,
    );
    const { covered, standardError, deviation } = coverage!;
    expect(covered, coverageLine('300 sets', coverage!)).toBeGreaterThan(0.92);
    expect(covered).toBeLessThan(0.985);
    expect(standardError / deviation).toBeGreaterThan(0.88);
    expect(standardError / deviation).toBeLessThan(1.2);
  });

  it('have it too seldom where images drawn twice count once', () => {
    const random = createRandom(2);
    let covered = 0;
    for (let s = 0; s < SETS; s++) {
      const [first, second] = population.matchesOf(
        Uint32Array.from({ length: IMAGES }, () => random.integer(population.imageCount)),
      );
      const { low, high } = uniqueImagesInterval(first!, second!, IMAGES, { random, replicates: 100 });
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / SETS).toBeLessThan(0.92);
  });

  it('give p <= 0.05 by permutation in 5 %, but for chance', () => {
    const random = createRandom(3);
    let alarms = 0;
    for (let s = 0; s < SETS; s++) {
      const [first, second] = population
        .matchesOf(Uint32Array.from({ length: 60 }, () => random.integer(population.imageCount)))
        .map((matches) => evaluationOfMatches(matches, 60));
      const { metrics } = permutationTest(first!, second!, { random, permutations: 99 });
      if (metrics.AP! <= 0.05) alarms++;
    }
    expect(alarms / SETS).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / SETS));
    expect(alarms).toBeGreaterThan(0);
  });
});
