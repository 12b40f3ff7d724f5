import { type RaceOutcome, race } from '../../../harness/tune/race.ts';
import { newEntry } from '../../../harness/tune/race-entry.ts';
import { type TunePoint, tunePoints } from '../../../harness/tune/tune-source.ts';
import { createRandom, type Random } from '../../../reference/random.ts';
import type { Objective } from '../../../reference/tune/index.ts';
import { type DeviceLaw, lawDevice, trueMedian, trueP99, trueThroughput } from './law-device.ts';

/** MLU270: every core number alone and filling the card, four batch sizes: 36 points. */
export const CARD_POINTS: readonly TunePoint[] = tunePoints([1, 2, 4, 8, 16], [1, 2, 4, 8], (coreNumber) =>
  coreNumber === 16 ? [1] : [1, 16 / coreNumber],
);

export interface Trial {
  readonly law: DeviceLaw;
  readonly limitMs: number | null;
  /** How much worse the true runner-up is than the true best: 0.05 is 5 %. */
  readonly gap: number;
}

/** Loss of each point against the best one allowed, from the law alone; Infinity for one over the limit. */
export function trueLosses(law: DeviceLaw, objective: Objective, limitMs: number | null): number[] {
  const badness = CARD_POINTS.map((point) => {
    if (limitMs !== null && trueP99(law, point) > limitMs) return Number.POSITIVE_INFINITY;
    if (objective === 'throughput') return 1 / trueThroughput(law, point);
    return objective === 'p50' ? trueMedian(law, point) : trueP99(law, point);
  });
  const best = Math.min(...badness);
  return badness.map((value) => value / best - 1);
}

function randomLaw(random: Random): DeviceLaw {
  return {
    oneCoreMs: 5 + 35 * random.next(),
    waiting: 0.3 * random.next() ** 2,
    crosstalk: 0.02 * random.next() ** 2,
    fixedShare: 0.5 * random.next(),
    contention: 0.1 * random.next(),
    noise: 0.05,
    noisePerDoubling: 0.005 * random.next(),
    stallShare: 0.01,
    stallFactor: 10,
    drift: 0.1,
    // About as long as a race of this card takes: the whole drift falls into it.
    driftSeconds: 10 + 30 * random.next(),
  };
}

/** Laws drawn until the gap between best and runner-up lies in a region; under a limit, none of whose points is near it. */
export function drawTrial(
  random: Random,
  objective: Objective,
  [from, to]: readonly [number, number],
  limited = false,
): Trial {
  for (;;) {
    const law = randomLaw(random);
    const limitMs = limited ? trueP99(law, CARD_POINTS[random.integer(CARD_POINTS.length)]!) * 1.2 : null;
    if (limitMs !== null) {
      // A drift of 10 % must not carry a point over the limit: what is right would then be a matter of the hour.
      const near = CARD_POINTS.some((point) => {
        const p99 = trueP99(law, point);
        return p99 > limitMs / 1.15 && p99 < limitMs * 1.05;
      });
      if (near) continue;
    }
    const [, gap] = trueLosses(law, objective, limitMs).sort((a, b) => a - b);
    if (gap! >= from && gap! < to) return { law, limitMs, gap: gap! };
  }
}

export interface TrialResult {
  readonly outcome: RaceOutcome;
  /** True loss of the point chosen; null where none was. */
  readonly loss: number | null;
  readonly requests: number;
  /** Requests that every point visited as often as the one visited most would have taken. */
  readonly fullGrid: number;
}

export async function runTrial(
  { law, limitMs }: Trial,
  objective: Objective,
  seed: number,
  maxSeconds = 3600,
): Promise<TrialResult> {
  const device = lawDevice(law, CARD_POINTS, createRandom(seed));
  const entries = CARD_POINTS.map(newEntry);
  const outcome = await race(device.source, entries, {
    objective,
    p99LimitMs: limitMs,
    margin: 0.01,
    maxSeconds,
    random: createRandom(seed + 1_000_000),
    clock: device.clock,
    signal: new AbortController().signal,
  });
  const requestsOf = entries.map(({ visits }) =>
    [...visits.values()].reduce((sum, { milliseconds }) => sum + milliseconds.length, 0),
  );
  const chosen = outcome.chosen && entries.indexOf(outcome.chosen);
  return {
    outcome,
    loss: chosen === null ? null : trueLosses(law, objective, limitMs)[chosen]!,
    requests: device.requests(),
    fullGrid: Math.max(...requestsOf) * entries.length,
  };
}

export interface Scenario {
  readonly name: string;
  readonly objective: Objective;
  readonly limited: boolean;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'lowest p50', objective: 'p50', limited: false },
  { name: 'lowest p99', objective: 'p99', limited: false },
  { name: 'highest throughput', objective: 'throughput', limited: false },
  { name: 'highest throughput with p99 under a limit', objective: 'throughput', limited: true },
];

/** By the true gap between best and runner-up. */
export const REGIONS = {
  clear: [0.05, Number.POSITIVE_INFINITY],
  between: [0.01, 0.05],
  equal: [0, 0.01],
} as const;

export interface TrialCount {
  readonly trials: number;
  /** Chose the true best; another within 1 % of it; none; one that loses more than 1 %. */
  readonly best: number;
  readonly withinMargin: number;
  readonly none: number;
  readonly wrong: number;
  /** Largest true loss of a choice. */
  readonly worstLoss: number;
  /** On average. */
  readonly requests: number;
  readonly fullGrid: number;
}

export async function countTrials(
  { objective, limited }: Scenario,
  region: readonly [number, number],
  trials: number,
  seed: number,
): Promise<TrialCount> {
  const random = createRandom(seed);
  const results: TrialResult[] = [];
  for (let i = 0; i < trials; i++) {
    const trial = drawTrial(random, objective, region, limited);
    results.push(await runTrial(trial, objective, 1000 * seed + i));
  }
  const count = (holds: (loss: number) => boolean): number =>
    results.filter(({ loss }) => loss !== null && holds(loss)).length;
  const mean = (of: (result: TrialResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0) / trials;
  return {
    trials,
    best: count((loss) => loss === 0),
    withinMargin: count((loss) => loss > 0 && loss <= 0.01),
    none: results.filter(({ loss }) => loss === null).length,
    wrong: count((loss) => loss > 0.01),
    worstLoss: Math.max(0, ...results.map(({ loss }) => loss ?? 0)),
    requests: mean(({ requests }) => requests),
    fullGrid: mean(({ fullGrid }) => fullGrid),
  };
}

/**
 * What a plain script does, for comparison: point after point, and the best mean. Its true loss.
 * @param requests of each point.
 */
export async function pointAfterPoint({ law }: Trial, requests: number, seed: number): Promise<number> {
  const { source } = lawDevice(law, CARD_POINTS, createRandom(seed));
  const rates: number[] = [];
  for (const point of CARD_POINTS) {
    const visit = { requests, seconds: 1, signal: new AbortController().signal };
    rates.push((await source.measure(point, visit)).imagesPerSecond);
  }
  return trueLosses(law, 'throughput', null)[rates.indexOf(Math.max(...rates))]!;
}
