import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fitSynchronisation,
  type MeasuredOnCores,
  type Synchronisation,
  synchronisationMs,
} from '../../../reference/device/index.ts';

const part = fc.double({ min: 0, max: 0.1, noNaN: true });
const CORES = [1, 2, 4, 8, 16];

const pointsOf = (truth: Synchronisation, noise: (i: number) => number = () => 0): MeasuredOnCores[] =>
  CORES.map((cores, i) => {
    const modelledMs = 10 / cores;
    return {
      cores,
      launches: 100,
      modelledMs,
      measuredMs: modelledMs + synchronisationMs(truth, 100, cores) + noise(i),
    };
  });

const squares = (points: readonly MeasuredOnCores[], fit: Synchronisation): number =>
  points.reduce(
    (sum, { cores, launches, measuredMs, modelledMs }) =>
      sum + (measuredMs - modelledMs - synchronisationMs(fit, launches, cores)) ** 2,
    0,
  );

describe('fitSynchronisation', () => {
  test('finds the parts that made the points', () => {
    fc.assert(
      fc.property(part, part, (launchMs, perCoreMs) => {
        const fit = fitSynchronisation(pointsOf({ launchMs, perCoreMs }));
        expect(fit.launchMs).toBeCloseTo(launchMs, 9);
        expect(fit.perCoreMs).toBeCloseTo(perCoreMs, 9);
      }),
    );
  });

  test('no other pair of parts from 0 up comes closer, whatever the points', () => {
    const noise = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(part, part, noise, part, part, (launchMs, perCoreMs, errors, otherLaunch, otherPerCore) => {
        const points = pointsOf({ launchMs, perCoreMs }, (i) => errors[i]!);
        const fit = fitSynchronisation(points);
        expect(Math.min(fit.launchMs, fit.perCoreMs)).toBeGreaterThanOrEqual(0);
        const least = squares(points, fit) * (1 - 1e-9) - 1e-12;
        for (const other of [
          { launchMs: otherLaunch, perCoreMs: otherPerCore },
          { launchMs: otherLaunch, perCoreMs: 0 },
          { launchMs: 0, perCoreMs: otherPerCore / 10 },
          { launchMs: 0, perCoreMs: 0 },
        ]) {
          expect(squares(points, other)).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });

  test('one core number does not tell the parts apart', () => {
    const [first] = pointsOf({ launchMs: 0.01, perCoreMs: 0 });
    expect(() => fitSynchronisation([first!, first!])).toThrow('at least two');
    const broken = { ...first!, cores: 2, measuredMs: Number.NaN };
    expect(() => fitSynchronisation([first!, broken])).toThrow(RangeError);
  });
});
