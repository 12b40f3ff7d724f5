import { describe, expect, it } from 'vitest';
import { permutationTest } from '../../../reference/compare/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { evaluationOfMatches } from '../../support/evaluation-of-matches.ts';
import { generateFittedPopulation, INT16 } from '../../support/generate-fitted-population.ts';
import { generatePopulation, UNCHANGED } from '../../support/generate-population.ts';
import {
  type Coverage,
  coverageLine,
  measureCoverage,
  populationFigures,
} from '../../support/measure-coverage.ts';
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

const coverageOf = (population: Population, withUnique = false): Coverage => {
  const metrics = ['AP'] as const;
  const common = { population, metrics, baseline: 0, images: IMAGES, sets: SETS, replicates: 100, seed: 1 };
  return measureCoverage(
    { ...common, candidates: [1], withUnique },
    populationFigures(population, metrics),
  )[0]!;
};

const expectHeld = (coverage: Coverage): void => {
  const { covered, standardError, deviation } = coverage;
  expect(covered, coverageLine('300 sets', coverage)).toBeGreaterThan(0.92);
  expect(covered).toBeLessThan(0.98);
  expect(standardError / deviation).toBeGreaterThan(0.88);
  expect(standardError / deviation).toBeLessThan(1.15);
};

describe('300 sets of 150 images of a population', () => {
  it('have the true difference of AP in their intervals, one category, but too seldom where images drawn twice count once', () => {
    const coverage = coverageOf(populationOf(1), true);
    expectHeld(coverage);
    expect(coverage.coveredByUnique).toBeLessThan(0.9);
  });

  it('have the true difference of AP in their intervals, 15 categories, some of them rare', () => {
    expectHeld(coverageOf(populationOf(15)));
  });

  it('have the true loss of AP in their intervals, clustered false alarms and six categories as those of a real detector', () => {
    const population = generateFittedPopulation({
      ...{ seed: 12, images: 10_000, categories: 6, exponent: 1 },
      backends: [INT16, { ...INT16, int8Strength: 0.06 }],
    });
    const coverage = coverageOf(population);
    expect(coverage.truth).toBeLessThan(-0.005);
    expectHeld(coverage);
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
