import type { Clock } from '../../../harness/latency/clock.ts';
import type { TunePoint, TuneSource } from '../../../harness/tune/tune-source.ts';
import type { Random } from '../../../reference/random.ts';

/** A made-up card: everything about it is known, so that a choice can be held against the truth. */
export interface DeviceLaw {
  /** Milliseconds of one image on one core. */
  readonly oneCoreMs: number;
  /** Cores waiting for each other, and cores disturbing each other in pairs. */
  readonly waiting: number;
  readonly crosstalk: number;
  /** Share of a request's time that does not grow with the batch. */
  readonly fixedShare: number;
  /** What each further context costs the others. */
  readonly contention: number;
  /** Standard deviation of the logarithm of a request's time: a part of its own by core number. */
  readonly noise: number;
  readonly noisePerDoubling: number;
  readonly stallShare: number;
  readonly stallFactor: number;
  /** How much slower the machine is after `driftSeconds`, slowly rising from the start. */
  readonly drift: number;
  readonly driftSeconds: number;
}

const CARD_CORES = 16;

/** Median of a request without drift, in ms. */
export function trueMedian(law: DeviceLaw, { coreNumber: n, batch, contexts }: TunePoint): number {
  const speedup = n / (1 + law.waiting * (n - 1) + law.crosstalk * n * (n - 1));
  const work = law.fixedShare + (1 - law.fixedShare) * batch;
  return (law.oneCoreMs / speedup) * work * (1 + law.contention * (contexts - 1));
}

function spread(law: DeviceLaw, point: TunePoint): number {
  return law.noise + law.noisePerDoubling * Math.log2(point.coreNumber);
}

/** p99 of the requests that do not stall: 2.3263 standard deviations above the median. */
export function trueP99(law: DeviceLaw, point: TunePoint): number {
  return trueMedian(law, point) * Math.exp(2.326348 * spread(law, point));
}

/** Images a second while nothing stalls: a lognormal's mean is e^(s²/2) times its median. */
export function trueThroughput(law: DeviceLaw, point: TunePoint): number {
  const mean = trueMedian(law, point) * Math.exp(spread(law, point) ** 2 / 2);
  return (point.batch * point.contexts * 1000) / mean;
}

export interface LawDevice {
  readonly source: TuneSource;
  readonly clock: Clock;
  /** Requests asked for so far. */
  requests(): number;
}

/** A source that draws its times from a law, on a clock that moves by what it draws. */
export function lawDevice(law: DeviceLaw, points: readonly TunePoint[], random: Random): LawDevice {
  let now = 0;
  let requests = 0;
  const source: TuneSource = {
    points,
    describe: () => ({
      backend: 'made-up',
      precision: 'float32',
      engine: 'law',
      device: 'MLU270',
      cores: CARD_CORES,
      outputProvenance: 'modelled',
      latencyProvenance: 'modelled',
      exact: false,
    }),
    async measure(point, options) {
      const milliseconds: number[] = [];
      const begin = now;
      for (let i = 0; i < options.requests; i++) {
        const slower = 1 + law.drift * Math.min(1, now / (1000 * law.driftSeconds));
        const stall = random.next() < law.stallShare ? law.stallFactor : 1;
        const time =
          trueMedian(law, point) * Math.exp(spread(law, point) * random.gaussian()) * stall * slower;
        milliseconds.push(time);
        now += time;
        requests++;
      }
      const imagesPerSecond = (point.batch * point.contexts * options.requests * 1000) / (now - begin);
      return { milliseconds, imagesPerSecond };
    },
    async close() {},
  };
  return { source, clock: { now: () => now }, requests: () => requests };
}
