import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import {
  fastestCoreNumber,
  fitScalingLaw,
  heldOutError,
  predictTime,
  type ScalingPoint,
} from '../../../reference/statistics/index.ts';

const CORES = [1, 2, 4, 8, 16];

/** Written out from the speedup, not from the time as the code has it. */
function timesOf(t1: number, sigma: number, kappa: number, cores: readonly number[] = CORES): ScalingPoint[] {
  return cores.map((n) => {
    const speedup = n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
    return { coreNumber: n, milliseconds: t1 / speedup };
  });
}

const t1s = fc.double({ min: 0.01, max: 1e4, noNaN: true });
const shares = fc.double({ min: 0, max: 1, noNaN: true });
const crosstalks = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 0.2, noNaN: true }));

describe('fitScalingLaw', () => {
  it("recovers Amdahl's law from its own times, and predicts what it was not fitted on", () => {
    fc.assert(
      fc.property(t1s, shares, (t1, serial) => {
        const points = timesOf(t1, serial, 0);
        const law = fitScalingLaw(points, 'amdahl')!;
        expect(law.t1 / t1).toBeCloseTo(1, 8);
        expect(law.sigma).toBeCloseTo(serial, 7);
        expect(law.kappa).toBe(0);
        expect(heldOutError(points, 'amdahl')!.worst).toBeLessThan(1e-6);
      }),
    );
  });

  it('recovers the universal scalability law from its own times', () => {
    fc.assert(
      fc.property(t1s, shares, crosstalks, (t1, sigma, kappa) => {
        const points = timesOf(t1, sigma, kappa);
        const law = fitScalingLaw(points, 'universal')!;
        expect(law.t1 / t1).toBeCloseTo(1, 6);
        expect(law.sigma).toBeCloseTo(sigma, 5);
        expect(law.kappa).toBeCloseTo(kappa, 6);
        expect(heldOutError(points, 'universal')!.worst).toBeLessThan(1e-4);
      }),
    );
  });

  it('has the least squared log error of all laws within the bounds, by a search of its surroundings', () => {
    const random = createRandom(3);
    for (let trial = 0; trial < 60; trial++) {
      const points = timesOf(10, 0.2 * random.next(), 0.01 * random.next()).map((point) => ({
        ...point,
        milliseconds: point.milliseconds * Math.exp(0.2 * random.gaussian()),
      }));
      for (const name of ['amdahl', 'universal'] as const) {
        const law = fitScalingLaw(points, name)!;
        const errorOf = (t1: number, sigma: number, kappa: number): number =>
          points.reduce(
            (sum, { coreNumber, milliseconds }) =>
              sum + Math.log(predictTime({ law: name, t1, sigma, kappa }, coreNumber) / milliseconds) ** 2,
            0,
          );
        const least = errorOf(law.t1, law.sigma, law.kappa);
        for (let i = 0; i < 400; i++) {
          const step = 10 ** (-4 * random.next());
          const t1 = law.t1 * Math.exp(step * random.gaussian());
          const sigma = Math.max(0, law.sigma + 0.3 * step * random.gaussian());
          const kappa = name === 'amdahl' ? 0 : Math.max(0, law.kappa + 0.02 * step * random.gaussian());
          if (name === 'amdahl' && sigma > 1) continue;
          expect(errorOf(t1, sigma, kappa)).toBeGreaterThanOrEqual(least - 1e-12);
        }
      }
    }
  });

  it('keeps sigma and kappa at 0 or more where the times fall faster than the core number rises', () => {
    const points = CORES.map((n) => ({ coreNumber: n, milliseconds: 100 / n ** 1.3 }));
    for (const name of ['amdahl', 'universal'] as const) {
      expect(fitScalingLaw(points, name)).toMatchObject({ sigma: 0, kappa: 0 });
    }
  });

  it("gives Amdahl's law at most the serial share 1 where more cores are slower", () => {
    const points = CORES.map((n) => ({ coreNumber: n, milliseconds: 10 + n }));
    expect(fitScalingLaw(points, 'amdahl')).toMatchObject({ sigma: 1, kappa: 0 });
    expect(fitScalingLaw(points, 'universal')!.sigma).toBeGreaterThan(1);
  });

  it("a law that does not hold shows in the error on points left out: Amdahl's on a slowdown", () => {
    const points = timesOf(20, 0.05, 0.03);
    expect(heldOutError(points, 'universal')!.rms).toBeLessThan(1e-6);
    expect(heldOutError(points, 'amdahl')!.rms).toBeGreaterThan(0.2);
  });

  it('needs as many core numbers as parameters, and one more to test itself', () => {
    const two = timesOf(10, 0.1, 0, [1, 4]);
    expect(fitScalingLaw(two, 'amdahl')).not.toBeNull();
    expect(fitScalingLaw(two, 'universal')).toBeNull();
    expect(heldOutError(two, 'amdahl')).toBeNull();
    expect(heldOutError([], 'amdahl')).toBeNull();
    const repeated = [...two, ...two];
    expect(fitScalingLaw(repeated, 'universal')).toBeNull();
  });

  it('refuses times and core numbers that mean nothing', () => {
    for (const bad of [
      { coreNumber: 1, milliseconds: 0 },
      { coreNumber: 1, milliseconds: Number.NaN },
      { coreNumber: 1, milliseconds: Number.POSITIVE_INFINITY },
      { coreNumber: 0, milliseconds: 1 },
      { coreNumber: 1.5, milliseconds: 1 },
    ]) {
      expect(() => fitScalingLaw([bad], 'amdahl')).toThrow(RangeError);
    }
  });
});

describe('fastestCoreNumber', () => {
  it('is where the predicted time is least, by trial of every core number', () => {
    fc.assert(
      fc.property(shares, fc.double({ min: 1e-4, max: 0.2, noNaN: true }), (sigma, kappa) => {
        const law = { law: 'universal' as const, t1: 1, sigma, kappa };
        const all = Array.from({ length: 200 }, (_, i) => i + 1);
        const best = all.reduce((a, b) => (predictTime(law, b) < predictTime(law, a) ? b : a));
        expect(Math.abs(fastestCoreNumber(law)! - best)).toBeLessThanOrEqual(1);
      }),
    );
    expect(fastestCoreNumber({ law: 'amdahl', t1: 1, sigma: 0.1, kappa: 0 })).toBeNull();
    expect(fastestCoreNumber({ law: 'amdahl', t1: 1, sigma: 1, kappa: 0 })).toBe(1);
  });
});
