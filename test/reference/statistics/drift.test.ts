import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import {
  compareHalves,
  findOutliers,
  quantile,
  rankSumZ,
  sortSamples,
} from '../../../reference/statistics/index.ts';
import { autoregressive } from './autoregressive.ts';

const values = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 8, maxLength: 40 });

describe('rankSumZ', () => {
  test('is the Mann–Whitney count of pairs, standardised with ties corrected', () => {
    fc.assert(
      fc.property(values, (series) => {
        const first = series.slice(0, series.length >> 1);
        const second = series.slice(series.length >> 1);
        // Textbook form: U from all pairs, variance from the tie groups.
        let u = 0;
        for (const a of first) for (const b of second) u += b > a ? 1 : b === a ? 0.5 : 0;
        const n = series.length;
        const groups = [...new Set(series)].map((value) => series.filter((other) => other === value).length);
        const ties = groups.reduce((sum, size) => sum + size ** 3 - size, 0);
        const variance = ((first.length * second.length) / 12) * (n + 1 - ties / (n * (n - 1)));
        const found = rankSumZ(series);
        if (variance < 1e-12) return expect(found).toBeNull();
        expect(found).toBeCloseTo((u - (first.length * second.length) / 2) / Math.sqrt(variance), 9);
      }),
    );
  });

  test('independent samples differ by more than 2.6 deviations in about one series of a hundred', () => {
    const random = createRandom(5);
    let far = 0;
    for (let t = 0; t < 4000; t++) {
      const series = Array.from({ length: 60 }, () => -Math.log(1 - random.next()));
      if (Math.abs(rankSumZ(series)!) > 2.576) far++;
    }
    expect(far / 4000).toBeGreaterThan(0.005);
    expect(far / 4000).toBeLessThan(0.015);
  });
});

describe('compareHalves', () => {
  const far = (memory: number, count: number): number => {
    const random = createRandom(6);
    const trials = 1500;
    let found = 0;
    for (let t = 0; t < trials; t++) {
      if (Math.abs(compareHalves(autoregressive(random, count, memory))!.z) > 3.29) found++;
    }
    return found / trials;
  };

  test.each([
    [130, 0],
    [130, 0.3],
    [130, 0.5],
    [400, 0.5],
    [400, 0.7],
  ])(
    '%d samples with a memory of %f are 3.29 deviations apart in one series of a hundred at most',
    (count, memory) => {
      // Two deviations of what 1,500 trials leave open.
      expect(far(memory, count)).toBeLessThan(0.01 + 0.005);
    },
  );

  test('a drift does not excuse itself: a line, a step, and one on top of a memory are far apart', () => {
    const random = createRandom(8);
    const noise = autoregressive(random, 130, 0.5);
    const shapes: ((share: number) => number)[] = [
      (share) => 10 + share,
      (share) => (share < 0.5 ? 10 : 10.5),
      (share) => 10 + share ** 2,
    ];
    for (const shape of shapes) {
      for (const deviation of [0, 0.1]) {
        const series = noise.map((value, i) => shape(i / 130) + deviation * value);
        expect(compareHalves(series)!.z).toBeGreaterThan(3.29);
      }
    }
  });

  test('a machine that grew a tenth slower is said to', () => {
    const series = [...new Array(20).fill(0), ...new Array(20).fill(1)].map(
      (late, i) => 10 + late + (i % 3) / 10,
    );
    const found = compareHalves(series)!;
    expect(found.change).toBeCloseTo(0.1, 2);
    expect(found.z).toBeGreaterThan(4);
    expect(compareHalves([1, 2, 3])).toBeNull();
  });
});

describe('findOutliers', () => {
  test('counts what lies above Q3 + 3 (Q3 − Q1), by trial of each', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (samples) => {
        const sorted = sortSamples(samples);
        const fence = quantile(sorted, 0.75) + 3 * (quantile(sorted, 0.75) - quantile(sorted, 0.25));
        expect(findOutliers(sorted)).toEqual({
          count: samples.filter((value) => value > fence).length,
          fence,
        });
      }),
    );
  });
});
