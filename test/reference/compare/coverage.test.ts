import { describe, expect, it } from 'vitest';
import { permutationTest } from '../../../reference/compare/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { evaluationOfMatches } from '../../support/evaluation-of-matches.ts';
import { generatePopulation, UNCHANGED } from '../../support/generate-population.ts';
import { coverageLine, measureCoverage, populationFigures } from '../../support/measure-coverage.ts';
import type { Population } from '../../support/population-columns.ts';

/** A small version of `test/prove/paired-bootstrap.prove.ts`. */
const CHANGED = { ...UNCHANGED, scoreJitter: 0.2, iouJitter: 0.02 };
const SETS = 300;
const IMAGES = 150;

/** Two backends that differ by chance alone. */
const populationOf = (categories: number): Population =>
  generatePopulation({
    seed: 11,
    images: 20_000,
    categories,
    categoriesPerImage: 2,
    falseAlarmsPerImage: 6,
    backends: [CHANGED, CHANGED],
  });

describe('300 sets of 150 images of a population, two backends that differ by chance', () => {
  it.each([
    ['one category', 1],
    ['15 categories, some of them rare', 15],
  ])('have the true difference of AP in 92 to 98 of 100 intervals: %s', (_, categories) => {
    const population = populationOf(categories);
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
      populationFigures(population, ['AP']),
    );
    const { covered, standardError, deviation } = coverage!;
    expect(covered, coverageLine('300 sets', coverage!)).toBeGreaterThan(0.92);
    expect(covered).toBeLessThan(0.98);
    expect(standardError / deviation).toBeGreaterThan(0.88);
    expect(standardError / deviation).toBeLessThan(1.15);
  });

  it('give p <= 0.05 by permutation in 5 %, but for chance', () => {
    const population = populationOf(4);
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
