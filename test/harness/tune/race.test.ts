import { describe, expect, test } from 'vitest';
import { BackendError } from '../../../harness/errors.ts';
import { modelledSource } from '../../../harness/tune/modelled-source.ts';
import { type RaceOptions, race } from '../../../harness/tune/race.ts';
import { newEntry, type RaceEntry } from '../../../harness/tune/race-entry.ts';
import { type TunePoint, type TuneSource, tunePoints } from '../../../harness/tune/tune-source.ts';
import { createRandom } from '../../../reference/random.ts';
import { type DeviceLaw, lawDevice } from './law-device.ts';

/** Core number 4 is the fastest by 13 %. */
const LAW: DeviceLaw = {
  oneCoreMs: 20,
  waiting: 0.05,
  crosstalk: 0.06,
  fixedShare: 0.3,
  contention: 0.02,
  noise: 0.05,
  noisePerDoubling: 0,
  stallShare: 0.01,
  stallFactor: 10,
  drift: 0.1,
  driftSeconds: 20,
};
const POINTS = tunePoints([1, 2, 4, 8, 16], [1], () => [1]);

const options = (change: Partial<RaceOptions> & Pick<RaceOptions, 'clock'>): RaceOptions => ({
  objective: 'p50',
  p99LimitMs: null,
  margin: 0.01,
  maxSeconds: 600,
  random: createRandom(1),
  signal: new AbortController().signal,
  ...change,
});

const requestsOf = ({ visits }: RaceEntry): number =>
  [...visits.values()].reduce((sum, { milliseconds }) => sum + milliseconds.length, 0);
const byCores = (entries: readonly RaceEntry[], coreNumber: number): RaceEntry =>
  entries.find(({ point }) => point.coreNumber === coreNumber)!;

/** The source with something else at some points. */
function measuring(source: TuneSource, measure: (point: TunePoint) => void): TuneSource {
  return {
    ...source,
    measure: async (point, visit) => {
      measure(point);
      return source.measure(point, visit);
    },
  };
}

describe('race', () => {
  test('spends its requests on the points that may still be the best', async () => {
    const { source, clock } = lawDevice(LAW, POINTS, createRandom(2));
    const entries = POINTS.map(newEntry);
    const { status, chosen } = await race(source, entries, options({ clock }));
    expect(status).toBe('chosen');
    expect(chosen!.point.coreNumber).toBe(4);
    expect(byCores(entries, 1).state).toBe('parked');
    expect(requestsOf(byCores(entries, 16))).toBeLessThanOrEqual(requestsOf(chosen!));
  });

  test('visits every point of a round once, in one order and then its reverse', async () => {
    const { source, clock } = lawDevice({ ...LAW, noise: 0.5 }, POINTS, createRandom(3));
    const seen: number[] = [];
    const watched = measuring(source, ({ coreNumber }) => seen.push(coreNumber));
    await race(watched, POINTS.map(newEntry), options({ clock, maxSeconds: 30 }));
    const rounds = [0, 1, 2, 3].map((round) => seen.slice(5 * round, 5 * round + 5));
    for (const round of rounds) expect([...round].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16]);
    expect(rounds[1]).toEqual([...rounds[0]!].reverse());
    expect(rounds[3]).toEqual([...rounds[2]!].reverse());
  });

  test('decides nothing in less than five seconds, in which one disturbance would be in every round', async () => {
    const { source, clock } = lawDevice({ ...LAW, oneCoreMs: 0.5 }, POINTS, createRandom(2));
    const { status, seconds, rounds } = await race(source, POINTS.map(newEntry), options({ clock }));
    expect(status).toBe('chosen');
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(rounds).toBeGreaterThan(100);
  });

  test('chooses nothing where the noise hides the gap until time is up', async () => {
    const noisy = { ...LAW, waiting: 0.25, crosstalk: 0.004, noise: 0.8 };
    const { source, clock } = lawDevice(noisy, POINTS, createRandom(4));
    const entries = POINTS.map(newEntry);
    const outcome = await race(source, entries, options({ clock, maxSeconds: 3 }));
    expect(outcome).toMatchObject({ status: 'inconclusive', chosen: null, equivalents: [] });
    expect(outcome.look!.judgement.weights).not.toBeNull();
    expect(outcome.seconds).toBeGreaterThanOrEqual(3);
  });

  test('chooses nothing on fewer rounds than it takes to compare anything', async () => {
    const { source, clock } = lawDevice(LAW, POINTS, createRandom(4));
    const outcome = await race(source, POINTS.map(newEntry), options({ clock, maxSeconds: 0.1 }));
    expect(outcome).toMatchObject({ status: 'inconclusive', chosen: null, rounds: 1 });
  });

  test('a point that fails is out with its reason, and what was parked for it comes back', async () => {
    const { source, clock } = lawDevice(LAW, POINTS, createRandom(5));
    const failing = measuring(source, ({ coreNumber }) => {
      const parked = entries.filter(({ state }) => state === 'parked');
      if (coreNumber === 4 && parked.length >= 2) throw new BackendError('device lost');
    });
    const entries = POINTS.map(newEntry);
    const { status, chosen } = await race(failing, entries, options({ clock, objective: 'p99' }));
    expect(byCores(entries, 4)).toMatchObject({ state: 'failed', reason: 'device lost' });
    expect(status).toBe('chosen');
    expect(chosen!.point.coreNumber).toBe(2);
  });

  test('a defect is no failed point', async () => {
    const { source, clock } = lawDevice(LAW, POINTS, createRandom(5));
    const broken = measuring(source, () => {
      throw new TypeError('a defect');
    });
    await expect(race(broken, POINTS.map(newEntry), options({ clock }))).rejects.toThrow('a defect');
  });

  test('the highest throughput under a limit is not the highest one, and what was parked for that one is looked at again', async () => {
    const points = tunePoints([4], [1, 2, 4, 8, 16], () => [1]);
    // Batch 16 has the most images a second, at 13 times the latency of batch 1 (about 7 ms); only the smallest two fit.
    const { source, clock } = lawDevice({ ...LAW, fixedShare: 0.5 }, points, createRandom(6));
    const entries = points.map(newEntry);
    const { status, chosen } = await race(
      source,
      entries,
      options({ clock, objective: 'throughput', p99LimitMs: 18.5 }),
    );
    expect(status).toBe('chosen');
    expect(chosen!.point.batch).toBe(2);
    expect(entries.map(({ state }) => state === 'over-limit')).toEqual([false, false, true, true, true]);
    expect(entries[4]!.reason).toBe('its p99 is over 18.5 ms');
  });

  test('a limit that no point keeps is an answer of its own', async () => {
    const { source, clock } = lawDevice(LAW, POINTS, createRandom(7));
    const limited = options({ clock, objective: 'throughput', p99LimitMs: 1 });
    const outcome = await race(source, POINTS.map(newEntry), limited);
    expect(outcome).toMatchObject({ status: 'none-under-limit', chosen: null });
  });

  test('Ctrl-C ends it after the visit under way, with what was measured', async () => {
    const controller = new AbortController();
    const { source, clock } = lawDevice(LAW, POINTS, createRandom(8));
    let visits = 0;
    const watched = measuring(source, () => {
      if (++visits === 7) controller.abort();
    });
    const entries = POINTS.map(newEntry);
    const outcome = await race(watched, entries, options({ clock, signal: controller.signal }));
    expect(outcome).toMatchObject({ status: 'interrupted', chosen: null });
    expect(entries.reduce((sum, entry) => sum + entry.visits.size, 0)).toBe(7);
  });

  test('modelled times are asked for once and decided at once, equivalence included', async () => {
    const times: Record<number, number> = { 1: 20, 2: 11, 4: 7.03, 8: 7, 16: 9 };
    const source = modelledSource({
      points: POINTS,
      millisecondsOf: ({ coreNumber }) => times[coreNumber]!,
      description: {
        backend: 'mlu-offline',
        precision: 'int16',
        engine: 'model of the card',
        device: 'MLU270',
        cores: 16,
        outputProvenance: 'modelled',
      },
    });
    const entries = POINTS.map(newEntry);
    const outcome = await race(source, entries, options({ clock: { now: () => 0 } }));
    expect(outcome).toMatchObject({ status: 'chosen', rounds: 1 });
    expect(outcome.chosen!.point.coreNumber).toBe(4);
    expect(outcome.equivalents.map(({ point }) => point.coreNumber)).toEqual([4, 8]);
    expect(entries.map(requestsOf)).toEqual([1, 1, 1, 1, 1]);
  });
});
