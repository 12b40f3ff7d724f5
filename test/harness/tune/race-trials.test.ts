import { describe, expect, test } from 'vitest';
import { countTrials, REGIONS, SCENARIOS } from './trials.ts';

/** A smaller version of test/prove/tune.prove.ts, with seeds of its own. */
const TRIALS = 12;

describe.each(SCENARIOS)(
  '$name on a made-up MLU270 of 36 points, 5 % noise, 1 % stalls, 10 % drift',
  (scenario) => {
    test('a gap of 5 % or more: the true best', async () => {
      const { trials, best, requests, fullGrid } = await countTrials(scenario, REGIONS.clear, TRIALS, 31);
      expect(best).toBeGreaterThanOrEqual(0.95 * trials - 1);
      expect(requests).toBeLessThan(fullGrid / 1.5);
    });

    test('a gap below 1 %: one that loses less than 1 %, or none', async () => {
      const { none, wrong } = await countTrials(scenario, REGIONS.equal, TRIALS, 32);
      expect(wrong).toBe(0);
      // There is time for an answer to all of them.
      expect(none).toBe(0);
    });
  },
);
