import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../reference/random.ts';
import { fitLevels, type LevelCosts } from '../../../../reference/statistics/change-points/fit-levels.ts';
import { changePoints, nightsToTell } from '../../../../reference/statistics/index.ts';
import { generateNights } from './generated-nights.ts';

const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

/** Quarters, so that shifts and factors of powers of two are exact. */
const quarters = fc.array(
  fc.integer({ min: -40, max: 40 }).map((value) => value / 4),
  { minLength: 0, maxLength: 40 },
);

/** Levels with noise, so that there is something to find. */
const steps = fc
  .record({ seed: fc.nat(10_000), at: fc.integer({ min: 10, max: 50 }), by: fc.integer({ min: -9, max: 9 }) })
  .map(({ seed, at, by }) =>
    generateNights(createRandom(seed), {
      nights: 60,
      noise: 'gaussian',
      planted: [{ at, by }],
      missing: 0.1,
    }).map((value) => (value === null ? null : Math.round(value * 1024) / 1024)),
  );

describe('a series without noise', () => {
  test('a change of any size is told in its third night, its size exactly', () => {
    const before = repeat(0.3231, 30);
    expect(changePoints([...before, 0.3229, 0.3229]).changes).toEqual([]);
    const { changes, levels, spikes } = changePoints([...before, 0.3229, 0.3229, 0.3229]);
    expect(changes).toEqual([
      {
        ...{ index: 30, lastBefore: 29, before: 0.3231, after: 0.3229, p: null },
        ...{ size: 0.3229 - 0.3231, interval: [0.3229 - 0.3231, 0.3229 - 0.3231] },
      },
    ]);
    expect(levels.map(({ start, last, nights }) => [start, last, nights])).toEqual([
      [0, 29, 30],
      [30, 32, 3],
    ]);
    expect(spikes).toEqual([]);
  });

  test('single and double spikes are spikes, wherever and however high', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 60 }),
        fc.nat(59),
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.boolean(),
        (nights, place, by, double) => {
          const series = repeat(1, nights);
          const at = place % nights;
          series[at]! += by;
          if (double && at + 1 < nights) series[at + 1]! += by;
          fc.pre(series[at] !== 1);
          const found = changePoints(series);
          expect(found.changes).toEqual([]);
          // Of fewer nights two of them are too many not to be noise.
          if (nights >= 20) expect(found.spikes).toContain(at);
        },
      ),
    );
  });

  test('constant series have no change and no noise', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        fc.integer({ min: 1, max: 400 }),
        (value, nights) => {
          const found = changePoints(repeat(value, nights));
          expect(found.changes).toEqual([]);
          expect(found.noise.deviation).toBe(0);
          expect(found.levels).toEqual([{ start: 0, last: nights - 1, nights, level: value }]);
          expect(found.tooFew).toBe(nights < 6);
        },
      ),
    );
  });

  test('the last bit is no change, and neither is what is asked to be none', () => {
    const sums = [...repeat(0.3, 20), ...repeat(0.1 + 0.2, 20)];
    expect(changePoints(sums).changes).toEqual([]);
    const small = [...repeat(0.3, 20), ...repeat(0.3001, 20)];
    expect(changePoints(small).changes).toHaveLength(1);
    expect(changePoints(small, { leastChange: 0.001 }).changes).toEqual([]);
  });

  test('a level that is left again for the one before it counts from six nights on', () => {
    const spell = (nights: number): number =>
      changePoints([...repeat(1, 30), ...repeat(2, nights), ...repeat(1, 30)]).changes.length;
    expect([1, 2, 3, 4, 5, 6, 7].map(spell)).toEqual([0, 0, 0, 0, 0, 2, 2]);
  });
});

describe('any series', () => {
  test('a shift or a factor of it shifts and multiplies what is found', () => {
    fc.assert(
      fc.property(
        fc.oneof(quarters, steps),
        fc.integer({ min: -64, max: 64 }),
        fc.constantFrom(0.25, 2, 1024),
        (series, shift, factor) => {
          const found = changePoints(series);
          const moved = changePoints(series.map((value) => (value === null ? null : value * factor + shift)));
          expect(moved.changes.map(({ index }) => index)).toEqual(found.changes.map(({ index }) => index));
          expect(moved.spikes).toEqual(found.spikes);
          for (const [i, { size, p }] of found.changes.entries()) {
            expect(moved.changes[i]!.size).toBeCloseTo(size * factor, 6);
            if (p === null) expect(moved.changes[i]!.p).toBeNull();
            else expect(moved.changes[i]!.p! / p).toBeCloseTo(1, 6);
          }
        },
      ),
    );
  });

  test('nights without a value change nothing but places', () => {
    fc.assert(
      fc.property(steps, fc.nat(60), (series, at) => {
        const present = series.filter((value) => value !== null);
        const places = series.flatMap((value, place) => (value === null ? [] : [place]));
        const found = changePoints(series);
        const dense = changePoints(present);
        expect(found.changes).toEqual(
          dense.changes.map((change) => ({
            ...change,
            index: places[change.index]!,
            lastBefore: places[change.lastBefore]!,
          })),
        );
        const gap = changePoints([...present.slice(0, at), null, ...present.slice(at)]);
        expect(gap.changes.map(({ size }) => size)).toEqual(dense.changes.map(({ size }) => size));
      }),
    );
  });

  test('levels and changes fit together: they cover every value, and sizes are their differences', () => {
    fc.assert(
      fc.property(fc.oneof(quarters, steps), (series) => {
        const { levels, changes } = changePoints(series);
        const present = series.filter((value) => value !== null).length;
        expect(levels.reduce((sum, { nights }) => sum + nights, 0)).toBe(present);
        expect(changes).toHaveLength(Math.max(0, levels.length - 1));
        for (const [i, { index, before, after, size, interval }] of changes.entries()) {
          expect([before, after, index]).toEqual([
            levels[i]!.level,
            levels[i + 1]!.level,
            levels[i + 1]!.start,
          ]);
          expect(size).toBe(after - before);
          expect(interval[0]).toBeLessThanOrEqual(size);
          expect(interval[1]).toBeGreaterThanOrEqual(size);
        }
      }),
    );
  });

  describe('with noise, a single spike', () => {
    const plan = { nights: 40, noise: 'gaussian' as const, missing: 0 };
    const withSpike = (seed: number, at: number, by: number) =>
      changePoints(generateNights(createRandom(seed), { ...plan, planted: [{ at, by, nights: 1 }] }));

    test('of any size is no change', () => {
      fc.assert(
        fc.property(fc.nat(10_000), fc.nat(39), fc.integer({ min: -1e6, max: 1e6 }), (seed, at, by) => {
          fc.pre(
            changePoints(generateNights(createRandom(seed), { ...plan, planted: [] })).changes.length === 0,
          );
          expect(withSpike(seed, at, by).changes).toEqual([]);
        }),
      );
    });

    test('is listed where it lies 3 deviations off, as noise is known from these nights', () => {
      // 40 nights may overrate the noise: of 400,000 spikes of any size the highest that was not listed had 21 deviations.
      fc.assert(
        fc.property(fc.nat(10_000), fc.nat(39), fc.integer({ min: 40, max: 1e6 }), (seed, at, by) => {
          expect(withSpike(seed, at, by).spikes).toContain(at);
        }),
      );
      const seeds = Array.from({ length: 1000 }, (_, seed) => seed);
      const listed = seeds.filter((seed) => withSpike(seed, seed % 40, 10).spikes.includes(seed % 40));
      expect(listed.length).toBeGreaterThan(950);
      expect(listed.length).toBeLessThan(1000);
    });
  });

  test('too few nights tell nothing, and what is no number is refused', () => {
    expect(changePoints([])).toMatchObject({ changes: [], levels: [], spikes: [], tooFew: true });
    expect(changePoints([null, null])).toMatchObject({ levels: [], tooFew: true });
    expect(changePoints([1, 2, 1, 9, 8, 9, 8])).toMatchObject({ changes: [], tooFew: true });
    expect(changePoints([null, 0.3, 0.2])).toMatchObject({
      ...{ changes: [], spikes: [], tooFew: true },
      levels: [{ start: 1, last: 2, nights: 2, level: 0.25 }],
    });
    expect(() => changePoints([1, Number.NaN])).toThrow(RangeError);
    expect(() => changePoints([1], { leastChange: -1 })).toThrow(RangeError);
    expect(() => changePoints(repeat(1, 5001))).toThrow(RangeError);
  });
});

describe('fitLevels', () => {
  /** Every way to cut the series, with every value of it as the level of each stretch. */
  function leastCost(
    values: readonly number[],
    levels: ReadonlySet<number>,
    costs: LevelCosts,
    before: number | null = null,
  ): number {
    if (values.length === 0) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (let end = 1; end <= values.length; end++) {
      for (const level of levels) {
        if (before !== null && Math.abs(level - before) <= costs.leastChange) continue;
        const own = costOf(values.slice(0, end), level, costs) + (before === null ? 0 : costs.perChange);
        if (own < least) least = Math.min(least, own + leastCost(values.slice(end), levels, costs, level));
      }
    }
    return least;
  }

  function costOf(
    values: readonly number[],
    level: number,
    { tolerance, perSquare, most }: LevelCosts,
  ): number {
    return values.reduce((sum, value) => {
      const distance = Math.abs(value - level);
      return sum + (distance <= tolerance ? 0 : Math.min(distance ** 2 * perSquare, most));
    }, 0);
  }

  test('costs as much as the best of all ways there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0.5, 1.5, 3),
        fc.constantFrom(0, 1),
        (values, perChange, leastChange) => {
          const costs = { tolerance: 0, perSquare: 1, most: 4, perChange, leastChange };
          const stretches = fitLevels(values, costs);
          const cost = stretches.reduce(
            (sum, { start, end, level }) => sum + costOf(values.slice(start, end), level, costs),
            (stretches.length - 1) * perChange,
          );
          expect(cost).toBeCloseTo(leastCost(values, new Set(values), costs), 9);
          for (const [i, { level }] of stretches.entries()) {
            if (i > 0) expect(Math.abs(level - stretches[i - 1]!.level)).toBeGreaterThan(leastChange);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('nightsToTell', () => {
  const noise = { deviation: 2, correlation: 0, inflation: 1 };
  test('three without noise; fewer for greater changes; none for what is too small', () => {
    expect(nightsToTell(1e-9, { ...noise, deviation: 0 }, 10)).toBe(3);
    const nights = [2, 4, 6, 20].map((size) => nightsToTell(size, noise, 100)!);
    expect(nights).toEqual([...nights].sort((a, b) => b - a));
    expect(nights.at(-1)).toBe(3);
    expect(nightsToTell(0.1, noise, 100)).toBeNull();
    expect(nightsToTell(-4, noise, 100)).toBe(nightsToTell(4, noise, 100));
    expect(() => nightsToTell(0, noise, 100)).toThrow(RangeError);
  });
});
