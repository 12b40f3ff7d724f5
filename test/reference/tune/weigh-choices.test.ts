import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import {
  createScorer,
  type Objective,
  type PointVisits,
  tailQuantile,
  trimmedMean,
  weighChoices,
} from '../../../reference/tune/index.ts';
import { lognormalVisits } from './lognormal-visits.ts';

const OBJECTIVES: readonly Objective[] = ['p50', 'p99', 'throughput'];
const ones = (count: number): Float64Array => new Float64Array(count).fill(1);

const weighted = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((pairs) => pairs.some(([, weight]) => weight > 0));

describe('trimmedMean', () => {
  it('is the mean of the middle of the values, each written out as often as it counts', () => {
    fc.assert(
      fc.property(weighted, (pairs) => {
        // Every weight in fifths, so that a fifth of the total is a whole number of entries.
        const expanded = pairs
          .flatMap(([value, weight]) => new Array<number>(5 * weight).fill(value))
          .sort((a, b) => a - b);
        const cut = expanded.length / 5;
        const middle = expanded.slice(cut, expanded.length - cut);
        const expected = middle.reduce((sum, value) => sum + value, 0) / middle.length;
        const mean = trimmedMean(
          pairs.map(([value]) => value),
          0.2,
        );
        expect(mean(pairs.map(([, weight]) => weight))).toBeCloseTo(expected, 9);
      }),
    );
  });
});

describe('tailQuantile', () => {
  it('is the greatest value with a hundredth of the weight at or above it, by writing the groups out', () => {
    const groups = fc.array(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 80 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        groups,
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 5, maxLength: 5 }),
        (values, weights) => {
          const expanded = values
            .flatMap((group, g) => new Array(weights[g]!).fill(group).flat() as number[])
            .sort((a, b) => b - a);
          const wanted = Math.ceil(expanded.length / 100);
          expect(tailQuantile(values, 0.99)(weights.slice(0, values.length))).toBe(expanded[wanted - 1]);
        },
      ),
    );
  });
});

describe('createScorer', () => {
  it.each(OBJECTIVES)(
    '%s: what a round does to all points changes no difference between them',
    (objective) => {
      const spec = [10, 11, 12].map((medianMs) => ({ medianMs, noise: 0.05 }));
      const scoresWith = (slowdown: (round: number) => number): Float64Array => {
        const scorer = createScorer(lognormalVisits(spec, 9, 20, createRandom(5), slowdown), objective);
        return scorer.score(ones(9));
      };
      const steady = scoresWith(() => 1);
      const drifting = scoresWith((round) => 1 + 0.1 * round);
      for (const point of [1, 2]) {
        expect(drifting[point]! - drifting[0]!).toBeCloseTo(steady[point]! - steady[0]!, 9);
      }
    },
  );

  it.each(OBJECTIVES)('%s: the difference of scores is that of the true figures', (objective) => {
    const spec = [
      { medianMs: 10, noise: 0.03 },
      { medianMs: 10.5, noise: 0.08 },
    ];
    const scorer = createScorer(lognormalVisits(spec, 400, 50, createRandom(6)), objective);
    const [first, second] = scorer.score(ones(400));
    const tail = 2.326348;
    const truth = {
      p50: Math.log(1.05),
      p99: Math.log(1.05) + tail * (0.08 - 0.03),
      throughput: Math.log(1.05) + (0.08 ** 2 - 0.03 ** 2) / 2,
    }[objective];
    expect(Math.abs(second! - first! - truth)).toBeLessThan(objective === 'p99' ? 0.01 : 0.002);
  });

  it.each(['p50', 'throughput'] as const)(
    '%s: a round in which one visit was ten times slower moves it little',
    (objective) => {
      const spec = [10, 10.5].map((medianMs) => ({ medianMs, noise: 0.02 }));
      const visits = lognormalVisits(spec, 12, 10, createRandom(7)) as Map<
        number,
        { milliseconds: number[]; imagesPerSecond: number }
      >[];
      const before = createScorer(visits, objective).score(ones(12));
      const hit = visits[0]!.get(4)!;
      visits[0]!.set(4, {
        milliseconds: hit.milliseconds.map((ms) => 10 * ms),
        imagesPerSecond: hit.imagesPerSecond / 10,
      });
      const after = createScorer(visits, objective).score(ones(12));
      expect(Math.abs(after[1]! - after[0]! - (before[1]! - before[0]!))).toBeLessThan(0.01);
    },
  );

  it('uses the rounds that all points share, and refuses points that share none', () => {
    const [a, b] = lognormalVisits(
      [
        { medianMs: 1, noise: 0 },
        { medianMs: 2, noise: 0 },
      ],
      6,
      3,
      createRandom(1),
    );
    const late: PointVisits = new Map([...b!].filter(([round]) => round >= 4));
    expect(createScorer([a!, late], 'p50').rounds).toBe(2);
    expect(() => createScorer([a!, new Map()], 'p50')).toThrow(RangeError);
  });
});

describe('weighChoices', () => {
  it.each([
    [4, 'p50'],
    [6, 'p50'],
    [12, 'throughput'],
    [16, 'p99'],
  ] as const)(
    '%d rounds, %s: the interval of a difference holds the truth as often as it says',
    (rounds, objective) => {
      const random = createRandom(rounds);
      const spec = [10, 10.3].map((medianMs) => ({ medianMs, noise: 0.05 }));
      const requests = objective === 'p99' ? 45 : 10;
      const trials = 400;
      let held = 0;
      for (let trial = 0; trial < trials; trial++) {
        const scorer = createScorer(lognormalVisits(spec, rounds, requests, random), objective);
        const weights = weighChoices(scorer, { margin: 0.01, random, against: 0, replicates: 400 });
        const [low, high] = weights.difference[1]!.interval!;
        if (low <= 0.03 && high >= 0.03) held++;
      }
      // Of 400 trials at 95 %, two standard deviations are 2.2 %; too wide an interval is no harm to a decision.
      expect(held / trials).toBeGreaterThan(0.925);
    },
  );

  it('gives of two equal points each to be the best as often as not, and never to be sure of it', () => {
    const random = createRandom(21);
    const spec = [10, 10].map((medianMs) => ({ medianMs, noise: 0.05 }));
    let sure = 0;
    let sum = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const scorer = createScorer(lognormalVisits(spec, 6, 10, random), 'p50');
      const { best } = weighChoices(scorer, { margin: 0, random, replicates: 400 });
      sum += best[0]!;
      if (best[0]! > 0.995 || best[1]! > 0.995) sure++;
    }
    expect(Math.abs(sum / trials - 0.5)).toBeLessThan(0.05);
    expect(sure / trials).toBeLessThan(0.03);
  });

  it('tells the loss of each choice: none for the best by far, the gap for the other', () => {
    const spec = [10, 12].map((medianMs) => ({ medianMs, noise: 0.02 }));
    const scorer = createScorer(lognormalVisits(spec, 20, 20, createRandom(4)), 'p50');
    const weights = weighChoices(scorer, { margin: 0.01, random: createRandom(1) });
    expect(weights.leader).toBe(0);
    expect(weights.best).toEqual([1, 0]);
    expect(weights.withinMargin).toEqual([1, 0]);
    expect(weights.behindLeader).toEqual([0, 1]);
    expect(weights.expectedLoss[0]).toBe(0);
    expect(weights.expectedLoss[1]).toBeCloseTo(0.2, 1);
    expect(weights.difference[1]!.estimate).toBeCloseTo(0.2, 1);
  });

  it('takes figures without noise as they are', () => {
    const spec = [10, 10.05, 12].map((medianMs) => ({ medianMs, noise: 0 }));
    const scorer = createScorer(lognormalVisits(spec, 1, 1, createRandom(1)), 'p50');
    const weights = weighChoices(scorer, { margin: 0.01, random: createRandom(1), exact: true });
    expect(weights.best).toEqual([1, 0, 0]);
    expect(weights.withinMargin).toEqual([1, 1, 0]);
    expect(weights.difference.map(({ interval }) => interval)).toEqual([null, null, null]);
  });
});
