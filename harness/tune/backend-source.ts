import { availableParallelism } from 'node:os';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Backend, BackendDescription, BackendFactory } from '../backends/backend.ts';
import { BackendError } from '../errors.ts';
import { systemClock } from '../latency/clock.ts';
import { LEAST_WARM_UP, MINIMUM_SAMPLES } from '../latency/point-timer.ts';
import { type Timed, timeInferences } from '../latency/time-inferences.ts';
import { seededInputs } from '../model/seeded-inputs.ts';
import { type TunePoint, type TuneSource, tunePoints } from './tune-source.ts';

/**
 * Requests of a visit that never count, one more than of any session, to tell how long the others will take. No longer
 * warm-up is looked for, as a turn of a bench does: a visit is over in too few requests to show where one ends, and what a
 * visit's beginning costs is the same for every point of a round.
 */
const WARM_UP = LEAST_WARM_UP + 1;

export interface BackendSourceOptions {
  readonly cores: readonly number[];
  readonly batches: readonly number[];
  readonly size: PixelSize;
  /** Of the pixels. */
  readonly seed: number;
}

/**
 * Measures a backend of this program. One session is open at a time, since the threads of an idle one would disturb the
 * others, and one request is under way at a time: sessions of one process share its threads, so that contexts side by
 * side would say nothing of contexts on cores of their own.
 * @throws BackendError when the backend opens at no core number.
 */
export async function backendSource(
  factory: BackendFactory,
  { cores, batches, size, seed }: BackendSourceOptions,
): Promise<TuneSource> {
  const inputOf = seededInputs(size, Math.max(...batches), seed);
  const sessions = new OneSession(factory);
  const description = await firstDescription(sessions, cores);
  return {
    points: tunePoints(cores, batches, () => [1]),
    describe: () => ({
      backend: description.name,
      precision: description.precision,
      engine: description.engine,
      device: description.device,
      cores: availableParallelism(),
      outputProvenance: description.outputProvenance,
      latencyProvenance: description.latencyProvenance,
      exact: false,
    }),
    async measure(point, { requests, seconds, signal }) {
      const backend = await sessions.open(point);
      const input = inputOf(point.batch);
      const time = async (count: number): Promise<number[]> => {
        const series: Timed[] = [];
        await timeInferences(backend, input, series, { count, clock: systemClock, signal });
        signal.throwIfAborted();
        return series.map((timed) => timed.host);
      };
      // Every visit of a race begins anew: other points have run since, with other threads and other memory.
      const expected = (await time(WARM_UP)).at(-1)!;
      const affordable = Math.floor((seconds * 1000) / expected);
      const host = await time(Math.min(requests, Math.max(MINIMUM_SAMPLES, affordable)));
      const total = host.reduce((sum, milliseconds) => sum + milliseconds, 0);
      return { milliseconds: host, imagesPerSecond: (point.batch * host.length * 1000) / total };
    },
    async outputOf(point) {
      const backend = await sessions.open(point);
      return (await backend.infer(inputOf(point.batch))).output;
    },
    close: () => sessions.close(),
  };
}

/** Keeps the session that was used last, and only that one. */
class OneSession {
  readonly #factory: BackendFactory;
  #open: { readonly coreNumber: number; readonly backend: Backend } | null = null;

  constructor(factory: BackendFactory) {
    this.#factory = factory;
  }

  async open({ coreNumber }: Pick<TunePoint, 'coreNumber'>): Promise<Backend> {
    if (this.#open?.coreNumber === coreNumber) return this.#open.backend;
    await this.close();
    const backend = await this.#factory.open({ coreNumber, purpose: 'latency' });
    this.#open = { coreNumber, backend };
    const actual = backend.describe().coreNumber;
    if (actual !== coreNumber) {
      await this.close();
      throw new BackendError(`${coreNumber} threads were asked for, the engine ran with ${actual}`);
    }
    return backend;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.backend.close();
  }
}

async function firstDescription(sessions: OneSession, cores: readonly number[]): Promise<BackendDescription> {
  let failure: BackendError | null = null;
  for (const coreNumber of cores) {
    try {
      return (await sessions.open({ coreNumber })).describe();
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new BackendError('cannot tune a backend at no core number: give --cores');
}
