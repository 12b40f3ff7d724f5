import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import { findStalls, quantile, sortSamples } from '../../../reference/statistics/index.ts';

const P99_OF_BODY = 10 * Math.exp(2.326348 * 0.05);

/** Lognormal around 10 ms with 5 %, a share of which takes `factor` times as long. */
function samples(count: number, share: number, factor: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const time = 10 * Math.exp(0.05 * random.gaussian());
    return random.next() < share ? factor * time : time;
  });
}

describe('findStalls', () => {
  it('makes p50 and p99 blind to 1 % of requests that take ten times as long', () => {
    for (let seed = 0; seed < 40; seed++) {
      const all = samples(3000, 0.01, 10, seed);
      const { count, fromMs } = findStalls(all);
      expect(count).toBe(all.filter((ms) => ms > 50).length);
      const steady = sortSamples(all.filter((ms) => ms < fromMs));
      expect(Math.abs(quantile(steady, 0.99) / P99_OF_BODY - 1)).toBeLessThan(0.02);
      expect(Math.abs(quantile(sortSamples(all), 0.5) / 10 - 1)).toBeLessThan(0.01);
    }
  });

  it('calls 6 % of slow requests the distribution, not stalls', () => {
    for (let seed = 0; seed < 40; seed++) {
      expect(findStalls(samples(1000, 0.06, 10, seed))).toEqual({
        count: 0,
        fromMs: Number.POSITIVE_INFINITY,
      });
    }
  });

  it('calls nothing a stall that is below three times the median', () => {
    const nine = new Array(9).fill(1);
    expect(findStalls([...nine, 2.99]).count).toBe(0);
    expect(findStalls([...nine, 3])).toEqual({ count: 1, fromMs: 3 });
  });

  it('refuses no samples', () => {
    expect(() => findStalls([])).toThrow(RangeError);
  });
});
