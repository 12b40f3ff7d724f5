import { expect, test } from 'vitest';
import { describePoints } from '../../../harness/tune/describe-points.ts';
import type { RaceOutcome } from '../../../harness/tune/race.ts';
import { newEntry } from '../../../harness/tune/race-entry.ts';
import { createRandom, type Random } from '../../../reference/random.ts';
import { lognormalVisits } from '../../reference/tune/lognormal-visits.ts';

/** The interval of a point of 10 ms with 1 % noise, in rounds that are a few percent slower or faster each. */
function intervalOf(random: Random, rounds: number, roundEffect: number): readonly [number, number] | null {
  const slowdowns = Array.from({ length: rounds }, () => Math.exp(roundEffect * random.gaussian()));
  const entry = newEntry({ coreNumber: 1, batch: 1, contexts: 1 });
  const point = { medianMs: 10, noise: 0.01 };
  const [visits] = lognormalVisits([point], rounds, 10, random, (round) => slowdowns[round]!);
  for (const [round, visit] of visits!) entry.visits.set(round, visit);
  const outcome: RaceOutcome = {
    status: 'inconclusive',
    ...{ entries: [entry], chosen: null, equivalents: [], look: null, rounds, seconds: 1 },
  };
  const [described] = describePoints(outcome, null, {
    ...{ objective: 'p50', margin: 0.01, random, exact: false },
  });
  return described!.p50IntervalMs;
}

test.each([
  [20, 0.05],
  [20, 0],
  [60, 0.05],
])(
  '%d rounds, each off by %f: the interval of the p50 holds the truth as often as it says',
  (rounds, effect) => {
    const random = createRandom(4);
    const trials = 400;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const interval = intervalOf(random, rounds, effect);
      if (interval !== null && interval[0] <= 10 && interval[1] >= 10) held++;
    }
    // Of 400 trials at 95 %, two standard deviations are 2.2 %.
    expect(held / trials).toBeGreaterThan(0.925);
  },
);
