import { findWarmUp } from '../../reference/statistics/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import type { OutputAgreement } from '../../reports/record/index.ts';
import type { Backend, BackendDescription, BackendFactory } from '../backends/backend.ts';
import type { Clock } from './clock.ts';
import { type Timed, timeInferences } from './time-inferences.ts';
import type { TimedOutputCheck } from './timed-output-check.ts';

/** Fewer samples than this say nothing; a slow backend passes its time bound to reach them. */
export const MINIMUM_SAMPLES = 5;

/**
 * Inferences of a freshly opened session that never count: the first allocates, and the second may lay its memory out anew by
 * what the first one used, as ONNX Runtime does.
 */
export const LEAST_WARM_UP = 2;

/** Share of a point's time that opening sessions may take; one that is slower to open gets fewer turns. */
const LARGEST_OPENING_SHARE = 0.5;

export interface PointOptions {
  readonly coreNumber: number;
  readonly batch: number;
  /** Timed inferences to take, over all turns. */
  readonly samples: number;
  /** Bound on the time of the point in seconds: opening, warm-up and samples; fewer samples are taken where it would be passed. */
  readonly seconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What was measured of one point so far; all series in ms and in the order they were taken. */
export interface LatencySamples {
  /** Of every turn: its first inferences, and what its series shows not to be steady. Never counted. */
  readonly warmUp: readonly number[];
  readonly host: readonly number[];
  /** Time on the device itself, copies apart; null where the backend does not tell it. */
  readonly device: readonly number[] | null;
  readonly turns: number;
  /** Turns whose series had not come to a steady state by its half. */
  readonly unsettledTurns: number;
  /** Whether opening took so long that the point was not shared out over the rounds. */
  readonly singleTurn: boolean;
}

/** One backend at one core number and batch, timed in turns. */
export class PointTimer {
  readonly factory: BackendFactory;
  readonly coreNumber: number;
  readonly batch: number;
  readonly #options: PointOptions;
  readonly #check: TimedOutputCheck;
  readonly #warmUp: number[] = [];
  readonly #steady: Timed[] = [];
  #turns = 0;
  #unsettledTurns = 0;
  #singleTurn = false;
  #spentMs = 0;
  #finished = false;
  #description: BackendDescription | null = null;

  constructor(factory: BackendFactory, check: TimedOutputCheck, options: PointOptions) {
    this.factory = factory;
    this.coreNumber = options.coreNumber;
    this.batch = options.batch;
    this.#check = check;
    this.#options = options;
  }

  get finished(): boolean {
    return this.#finished;
  }

  get description(): BackendDescription | null {
    return this.#description;
  }

  /** How the outputs timed so far, those of the warm-up too, agree with the scored ones. */
  agreement(): OutputAgreement {
    return this.#check.agreement();
  }

  samples(): LatencySamples {
    const device = this.#steady.flatMap(({ device }) => device ?? []);
    return {
      warmUp: this.#warmUp,
      host: this.#steady.map(({ host }) => host),
      device: device.length > 0 && device.length === this.#steady.length ? device : null,
      turns: this.#turns,
      unsettledTurns: this.#unsettledTurns,
      singleTurn: this.#singleTurn,
    };
  }

  /**
   * Opens the backend, takes its part of the samples that are missing yet, and closes it.
   * @param turnsLeft this one and those that will follow it.
   * @throws what the backend throws; AbortError once the signal is given, with what was taken until then kept.
   */
  async takeTurn(input: Tensor, turnsLeft: number): Promise<void> {
    const { clock, samples, seconds, signal } = this.#options;
    const begin = clock.now();
    const budget = seconds * 1000 - this.#spentMs;
    const backend = await this.factory.open({
      coreNumber: this.coreNumber,
      purpose: 'latency',
      batch: this.batch,
    });
    const series: Timed[] = [];
    let turns = turnsLeft;
    try {
      this.#description = backend.describe();
      await this.#time(backend, input, LEAST_WARM_UP, series);
      const opening = clock.now() - begin;
      // One that is slow to open takes its samples in fewer turns, at worst in this one.
      turns = Math.max(1, Math.min(turnsLeft, Math.floor((budget * LARGEST_OPENING_SHARE) / opening)));
      this.#singleTurn = turns === 1 && this.#turns === 0 && turnsLeft > 1;
      const missing = samples - this.#steady.length;
      await this.#fill(backend, input, series, {
        quota: Math.ceil(missing / turns),
        least: turns === 1 ? Math.min(missing, MINIMUM_SAMPLES - this.#steady.length) : 1,
        deadline: begin + budget / turns,
      });
    } finally {
      this.#keep(series);
      await backend.close();
      this.#spentMs += clock.now() - begin;
    }
    signal.throwIfAborted();
    this.#finished = turns === 1 || this.#steady.length >= samples;
  }

  /** Takes samples until `quota` of them lie behind the warm-up; no more than fit before the deadline once there are `least`. */
  async #fill(
    backend: Backend,
    input: Tensor,
    series: Timed[],
    { quota, least, deadline }: { quota: number; least: number; deadline: number },
  ): Promise<void> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      const steady = series.length - warmUpOf(series).length;
      if (steady >= quota) return;
      const late = series.slice(series.length >> 1);
      const expected = late.reduce((sum, { host }) => sum + host, 0) / late.length;
      const left = deadline - clock.now();
      const affordable = left <= 0 ? 0 : Math.floor(left / expected);
      const next = Math.min(quota - steady, Math.max(least - steady, affordable));
      if (next < 1) return;
      await this.#time(backend, input, next, series);
    }
  }

  #time(backend: Backend, input: Tensor, count: number, series: Timed[]): Promise<void> {
    const { clock, signal } = this.#options;
    const onOutput = (output: Tensor): void => this.#check.add(output, this.batch);
    return timeInferences(backend, input, series, { count, clock, signal, onOutput });
  }

  #keep(series: readonly Timed[]): void {
    if (series.length === 0) return;
    const { length: judged, settled } = warmUpOf(series);
    // Judged over the whole turn a warm-up can be shorter than it was when the last samples were asked for. What that gives
    // back is left with it: no point has more samples than were asked for.
    const length = Math.max(judged, series.length - (this.#options.samples - this.#steady.length));
    this.#warmUp.push(...series.slice(0, length).map(({ host }) => host));
    this.#steady.push(...series.slice(length));
    this.#turns++;
    if (!settled) this.#unsettledTurns++;
  }
}

/** How much of a session's series from its start on is no steady state; `settled` where the rest is one. */
export function warmUpOf(series: readonly Timed[]): { length: number; settled: boolean } {
  const { length, settled } = findWarmUp(series.map(({ host }) => host));
  return { length: Math.max(LEAST_WARM_UP, length), settled };
}
