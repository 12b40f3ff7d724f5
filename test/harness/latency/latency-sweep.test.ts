import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { BackendDescription, BackendFactory } from '../../../harness/backends/backend.ts';
import { nullBackend } from '../../../harness/backends/null-backend.ts';
import { systemClock } from '../../../harness/latency/clock.ts';
import { latencyPoint } from '../../../harness/latency/latency-point.ts';
import { MINIMUM_SAMPLES } from '../../../harness/latency/point-timer.ts';
import { createRandom } from '../../../reference/random.ts';
import type { LatencyPoint } from '../../../reports/record/index.ts';
import { FakeMachine, fakeBackend, sweepOn } from './fake-machine.ts';

const p50 = (point: LatencyPoint | undefined): number => point!.host!.p50Ms;

describe('the order of a sweep', () => {
  test('every point takes a turn in every round, there and back, in an order that the seed decides', async () => {
    const turnsOf = async (seed: number): Promise<string[]> => {
      const machine = new FakeMachine();
      const factories = [fakeBackend('a', machine), fakeBackend('b', machine)];
      await sweepOn(machine, factories, { cores: [1, 2], seed });
      // The first two are the sessions whose outputs are the expected ones.
      return machine.log.filter((entry) => entry.startsWith('open')).slice(2);
    };
    const turns = await turnsOf(1);
    const rounds = [0, 1, 2, 3, 4, 5].map((round) => turns.slice(4 * round, 4 * round + 4));
    for (const round of rounds) {
      expect([...round].sort()).toEqual(['open a 1', 'open a 2', 'open b 1', 'open b 2']);
    }
    expect(new Set(rounds.map(String)).size).toBeGreaterThan(2);
    for (const round of [0, 2, 4]) expect(rounds[round + 1]).toEqual([...rounds[round]!].reverse());
    expect(await turnsOf(1)).toEqual(turns);
    expect(await turnsOf(2)).not.toEqual(turns);
  });

  test('one session is open at a time, and none at the end', async () => {
    const machine = new FakeMachine();
    await sweepOn(machine, [fakeBackend('a', machine), fakeBackend('b', machine)], { batches: [1, 4] });
    expect([machine.mostOpenSessions, machine.openSessions]).toEqual([1, 0]);
  });

  test('a machine that grows slower by half gives equal backends equal medians', async () => {
    const machine = new FakeMachine();
    const random = createRandom(4);
    const inferMs = ({ nowMs }: { nowMs: number }) => 10 * (1 + nowMs / 20_000) + random.next();
    const names = ['first', 'second', 'third'];
    const factories = names.map((name) => fakeBackend(name, machine, { inferMs }));
    const { points } = await sweepOn(machine, factories, { samples: 200 });
    expect(machine.nowMs).toBeGreaterThan(7_500);
    const medians = names.map((name) => p50(points.get(name)![0]));
    expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.02);
    // One after the other they would have been some 13 % and 26 % apart.
    for (const name of names) {
      expect(points.get(name)![0]!.notes.join()).toMatch(/the second half of the samples is [\d.]+ % slower/);
    }
  });
});

describe('the samples of a point', () => {
  test('as many as asked for, behind the warm-up of every turn, which is kept apart', async () => {
    const machine = new FakeMachine();
    const inferMs = ({ call }: { call: number }) => (call < 6 ? 50 - call : 10 + (call % 3) / 10);
    const { points } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs })]);
    const [point] = points.get('a')!;
    expect(point).toMatchObject({ turns: 6, host: { samples: 100 } });
    expect(point!.warmUpMs.filter((sample) => sample > 40)).toHaveLength(36);
    expect(point!.warmUpMs.length).toBeLessThanOrEqual(50);
    expect(Math.max(...point!.host!.samplesMs)).toBeLessThan(11);
    expect(point!.notes).toEqual([]);
  });

  test("no more than asked for, where a turn's warm-up is found shorter as its series grows", async () => {
    const random = createRandom(5);
    for (let trial = 0; trial < 40; trial++) {
      const machine = new FakeMachine();
      const inferMs = ({ call }: { call: number }) =>
        (call < 3 ? 14 : 10) * Math.exp(0.3 * random.gaussian());
      const { points } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs })], { samples: 15 });
      expect(points.get('a')![0]!.host!.samples).toBe(15);
    }
  });

  test('times that never come to rest are said not to', async () => {
    const machine = new FakeMachine();
    const { points } = await sweepOn(machine, [
      fakeBackend('a', machine, { inferMs: ({ call }) => 1000 / (call + 1) }),
    ]);
    expect(points.get('a')![0]!.notes.join()).toContain('in 6 of 6 turns the times were not steady');
  });

  test('device times are a series of their own, of the same inferences', async () => {
    const machine = new FakeMachine();
    const inferMs = ({ call }: { call: number }) => (call < 4 ? 90 : 10 + (call % 7) / 10);
    const deviceMs = ({ call }: { call: number }) => (call < 4 ? 80 : 6 + (call % 7) / 10);
    const { points } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs, deviceMs })]);
    const { host, device } = points.get('a')![0]!;
    expect(device!.samples).toBe(host!.samples);
    for (const [i, sample] of device!.samplesMs.entries())
      expect(host!.samplesMs[i]! - sample).toBeCloseTo(4, 9);
  });

  test('the time bound holds: fewer samples, and never fewer than the minimum', async () => {
    const machine = new FakeMachine();
    const bounded = await sweepOn(machine, [fakeBackend('a', machine, { inferMs: () => 50, openMs: 20 })], {
      seconds: 3,
    });
    const { host, warmUpMs } = bounded.points.get('a')![0]!;
    expect(host!.samples).toBeGreaterThan(40);
    expect(50 * (host!.samples + warmUpMs.length) + 6 * 20).toBeLessThanOrEqual(3_000);

    const slow = new FakeMachine();
    const { points } = await sweepOn(slow, [fakeBackend('a', slow, { inferMs: () => 9_000 })], {
      seconds: 1,
    });
    expect(points.get('a')![0]).toMatchObject({ turns: 1, host: { samples: MINIMUM_SAMPLES } });
    expect(points.get('a')![0]!.notes.join()).toContain('timed in one go');
  });

  test('one that is slow to open takes fewer turns, so that half of its time is left for samples', async () => {
    const machine = new FakeMachine();
    const { points } = await sweepOn(
      machine,
      [fakeBackend('a', machine, { inferMs: () => 10, openMs: 980 })],
      {
        seconds: 6,
        samples: 300,
      },
    );
    const { turns, host, notes } = points.get('a')![0]!;
    expect(turns).toBe(3);
    expect(host!.samples).toBeGreaterThan(270);
    expect(notes).toEqual([]);
    // The scored output comes on top: it is opened and inferred once.
    expect(machine.nowMs).toBeLessThanOrEqual(6_000 + 990);
  });

  test('a batch of four makes four images of one inference, a longer one starts the images again', async () => {
    const machine = new FakeMachine();
    const { points, warnings } = await sweepOn(machine, [fakeBackend('a', machine)], { batches: [1, 4] });
    const [one, four] = [...points.get('a')!].sort((a, b) => a.batch - b.batch);
    expect(four!.host!.imagesPerSecond).toBeCloseTo(4 * one!.host!.imagesPerSecond, 6);
    expect(machine.log).toContain('infer a 1 x4');
    expect(four!.output).toEqual({
      compared: 4 * (four!.host!.samples + four!.warmUpMs.length),
      bitEqual: four!.output!.compared,
      mismatched: 0,
      maxAbs: 0,
    });
    expect(warnings).toEqual([]);
  });

  test('a clock too coarse for what it times is named', async () => {
    const machine = new FakeMachine();
    const coarse = {
      now() {
        machine.nowMs += 0.01;
        return Math.floor(machine.nowMs);
      },
    };
    const { points } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs: () => 5 })], {
      clock: coarse,
    });
    const [point] = points.get('a')!;
    expect(point!.timerResolutionMs).toBe(1);
    expect(point!.notes.join()).toMatch(/the clock steps by 1\.0 ms, too coarse for a median of [56]/);
  });

  test('outliers are counted and stay', async () => {
    const machine = new FakeMachine();
    const inferMs = ({ call }: { call: number }) => (call === 15 ? 500 : 10 + (call % 5) / 10);
    const { points } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs })]);
    const { host } = points.get('a')![0]!;
    expect(host!.outliers!.count).toBe(6);
    expect(Math.max(...host!.samplesMs)).toBe(500);
  });

  test('less than the card can do is an error of measurement', async () => {
    const machine = new FakeMachine();
    const { points } = await sweepOn(machine, [fakeBackend('a', machine)], { floorMs: () => 2 });
    expect(points.get('a')![0]).toMatchObject({ floorMs: 2 });
    expect(points.get('a')![0]!.notes.join()).toMatch(
      /1\.00 ms is below the 2\.00 ms .*missing synchronisation/,
    );
  });
});

test('more threads than the machine has are said to share its cores', async () => {
  const machine = new FakeMachine();
  const cores = availableParallelism();
  const { points } = await sweepOn(machine, [fakeBackend('a', machine)], { cores: [cores, cores + 1] });
  const notesAt = (coreNumber: number): string[] =>
    points.get('a')!.find((point) => point.coreNumber === coreNumber)!.notes;
  expect(notesAt(cores + 1)).toContain(
    `${cores + 1} threads share the ${cores} cores of this machine, and wait for each other`,
  );
  expect(notesAt(cores).join()).not.toContain('share the');
});

test('a steady machine whose samples tell half of the next one is said to drift in one series of a hundred', async () => {
  const random = createRandom(12);
  let said = 0;
  const trials = 600;
  for (let trial = 0; trial < trials; trial++) {
    let value = random.gaussian();
    const host = Array.from({ length: 130 }, () => {
      value = 0.5 * value + Math.sqrt(0.75) * random.gaussian();
      return 10 + value;
    });
    const { notes } = latencyPoint(
      await descriptionOf(fakeBackend('a', new FakeMachine())),
      { coreNumber: 1, batch: 1 },
      { host, device: null, warmUp: [], turns: 6, unsettledTurns: 0, singleTurn: false },
      {
        output: { compared: 1, bitEqual: 1, mismatched: 0, maxAbs: 0 },
        ...{ timerResolutionMs: null, floorMs: null, samplesAsked: null },
      },
    );
    if (notes.join().includes('the machine drifted')) said++;
  }
  // Of 600 trials at 1 %, two standard deviations are 0.8 %.
  expect(said / trials).toBeLessThan(0.018);
});

async function descriptionOf(factory: BackendFactory): Promise<BackendDescription> {
  return (await factory.open({ coreNumber: 1, purpose: 'latency' })).describe();
}

describe('samples that tell of each other', () => {
  test('widen the interval of the median, and are said to; too few of them leave none', async () => {
    const random = createRandom(7);
    const intervalOf = async (inferMs: () => number) => {
      const machine = new FakeMachine();
      const { points } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs })], { samples: 200 });
      const { host, notes } = points.get('a')![0]!;
      return {
        width: host!.p50IntervalMs && host!.p50IntervalMs[1] - host!.p50IntervalMs[0],
        notes: notes.join(),
      };
    };
    const independent = await intervalOf(() => 10 + random.gaussian());
    let slow = 0;
    const correlated = await intervalOf(() => {
      slow = 0.9 * slow + 0.44 * random.gaussian();
      return 10 + slow;
    });
    expect(independent.notes).toBe('');
    expect(correlated.width!).toBeGreaterThan(1.5 * independent.width!);
    expect(correlated.notes).toMatch(/are worth \d+ independent ones, for which the interval is made/);
    let steps = 0;
    const drifting = await intervalOf(() => 10 + ++steps / 100);
    expect(drifting.width).toBeNull();
    expect(drifting.notes).toMatch(/are worth \d independent ones, too few for an interval/);
  });
});

describe('what was timed is what was scored', () => {
  test('an output that differs names backend, core number, batch, and by how much', async () => {
    const machine = new FakeMachine();
    const spoil = (output: Float32Array, { cores, call }: { cores: number; call: number }) => {
      if (cores === 2 && call % 2 === 0) output[3]! += 0.5;
    };
    const { points, warnings } = await sweepOn(machine, [fakeBackend('a', machine, { spoil })], {
      cores: [1, 2],
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^a at core number 2, batch 1: \d+ of \d+ timed outputs differ from the scored ones by up to 0\.500 .*not what was scored$/,
    );
    const spoilt = points.get('a')!.find(({ coreNumber }) => coreNumber === 2)!;
    expect(warnings[0]).toContain(spoilt.notes.at(-1)!);
    expect(spoilt.output!.mismatched).toBe(spoilt.output!.compared - spoilt.output!.bitEqual);
    expect(points.get('a')!.find(({ coreNumber }) => coreNumber === 1)!.output!.mismatched).toBe(0);
  });

  test('what tune calls close is no mismatch: a rounding to integers that fell to the other side', async () => {
    const machine = new FakeMachine();
    // Of 12, the value of every element.
    const spoil = (output: Float32Array) => {
      output[0]! += 0.02;
    };
    const { points, warnings } = await sweepOn(machine, [fakeBackend('a', machine, { spoil })]);
    expect(points.get('a')![0]!.output).toMatchObject({ bitEqual: 0, mismatched: 0 });
    expect(warnings).toEqual([]);
  });

  test('a difference of rounding is told and no mismatch; NaN is one', async () => {
    const machine = new FakeMachine();
    const rounding = await sweepOn(machine, [
      fakeBackend('a', machine, { spoil: (output) => output.fill(output[0]! + 1e-4, 0, 1) }),
    ]);
    const { output } = rounding.points.get('a')![0]!;
    expect(output).toMatchObject({ bitEqual: 0, mismatched: 0 });
    expect(output!.maxAbs).toBeCloseTo(1e-4, 5);
    expect(rounding.warnings).toEqual([]);

    const nan = await sweepOn(machine, [
      fakeBackend('a', machine, { spoil: (output) => output.fill(Number.NaN, 7, 8) }),
    ]);
    expect(nan.points.get('a')![0]!.output).toMatchObject({ bitEqual: 0, maxAbs: null });
    expect(nan.warnings[0]).toContain('by NaN or infinity');
  });
});

describe('a sweep that does not go through', () => {
  test('a point that fails is named and left out, everything else is timed', async () => {
    const machine = new FakeMachine();
    const failsAt = ({ cores, purpose }: { cores: number; purpose: string }) =>
      cores === 2 && purpose === 'latency';
    const factories = [fakeBackend('a', machine, { failsAt }), fakeBackend('b', machine)];
    const { points, failures, thrown } = await sweepOn(machine, factories, { cores: [1, 2] });
    expect(thrown).toBeNull();
    expect(failures).toEqual([
      'the backend a at core number 2, batch 1 failed while it was timed: device lost',
    ]);
    expect(points.get('a')!.map(({ coreNumber }) => coreNumber)).toEqual([1]);
    expect(points.get('b')).toHaveLength(2);
    expect(machine.openSessions).toBe(0);
  });

  test('a backend that fails in the middle of its samples, or gives an output of another size', async () => {
    const machine = new FakeMachine();
    const late = fakeBackend('late', machine, {
      failsAt: ({ call, purpose }) => purpose === 'latency' && call === 9,
    });
    const short = fakeBackend('short', machine);
    const cut: typeof short = {
      name: 'short',
      async open(options) {
        const backend = await short.open(options);
        if (options.purpose === 'accuracy') return backend;
        return {
          ...backend,
          async infer(input) {
            const { output } = await backend.infer(input);
            return { output: { ...output, data: output.data.subarray(1) } };
          },
        };
      },
    };
    const { points, failures } = await sweepOn(machine, [late, cut, fakeBackend('b', machine)]);
    expect([...points.keys()]).toEqual(['b']);
    expect(failures.join()).toMatch(/backend late .* device lost/);
    expect(failures.join()).toMatch(/backend short .* it returned an output \[.*\] for 1 images/);
  });

  test('a backend that cannot give the scored outputs is named', async () => {
    const machine = new FakeMachine();
    const failsAt = ({ purpose }: { purpose: string }) => purpose === 'accuracy';
    const { points, failures } = await sweepOn(machine, [
      fakeBackend('a', machine, { failsAt }),
      fakeBackend('b', machine),
    ]);
    expect(failures).toEqual(['the backend a failed before it could be timed: device lost']);
    expect([...points.keys()]).toEqual(['b']);
  });

  test('a stop keeps every point that has samples enough, and says how many', async () => {
    const machine = new FakeMachine();
    const controller = new AbortController();
    const inferMs = () => {
      if (machine.nowMs > 70) controller.abort();
      return 1;
    };
    const { points, thrown } = await sweepOn(machine, [fakeBackend('a', machine, { inferMs })], {
      cores: [1, 2, 4],
      signal: controller.signal,
    });
    expect((thrown as Error).name).toBe('AbortError');
    const kept = points.get('a')!;
    expect(kept).toHaveLength(3);
    for (const { host, notes } of kept) {
      expect(host!.samples).toBeGreaterThanOrEqual(MINIMUM_SAMPLES);
      expect(host!.samples).toBeLessThan(100);
      expect(notes[0]).toMatch(/^stopped after \d+ of 100 samples$|^4 threads share/);
      expect(notes.join()).toContain(`stopped after ${host!.samples} of 100 samples`);
    }
    expect(machine.openSessions).toBe(0);
  });
});

test('the null backend: measuring an output of 8400 × 85 costs less than 0.1 ms an inference', async () => {
  const { points } = await sweepOn(new FakeMachine(), [nullBackend({ height: 640, width: 640 }, 80)], {
    clock: systemClock,
  });
  const [point] = points.get('null')!;
  expect(point!.output).toMatchObject({ mismatched: 0 });
  expect(p50(point)).toBeLessThan(0.1);
});
