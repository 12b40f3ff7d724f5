import { availableParallelism } from 'node:os';
import type { Backend, BackendFactory } from '../backends/backend.ts';
import { BackendError } from '../errors.ts';
import { systemClock } from '../latency/clock.ts';
import { LEAST_WARM_UP } from '../latency/point-timer.ts';
import { type Timed, timeInferences } from '../latency/time-inferences.ts';
import { type MeasuredInputs, measuredSource } from './measured-source.ts';
import { type TunePoint, type TuneSource, tunePoints } from './tune-source.ts';

/**
 * Requests of a visit that never count, one more than of any session, to tell how long the others will take. No longer
 * warm-up is looked for, as a turn of a bench does: a visit is over in too few requests to show where one ends, and what a
 * visit's beginning costs is the same for every point of a round.
 */
const WARM_UP = LEAST_WARM_UP + 1;

export interface BackendSourceOptions extends MeasuredInputs {
  readonly cores: readonly number[];
}

/**
 * Measures a backend of this program. One session is open at a time, since the threads of an idle one would disturb the
 * others, and one request is under way at a time: sessions of one process share its threads, so that contexts side by
 * side would say nothing of contexts on cores of their own.
 * @throws BackendError when the backend opens at no core number.
 */
export async function backendSource(
  factory: BackendFactory,
  { cores, ...inputs }: BackendSourceOptions,
): Promise<TuneSource> {
  const sessions = new OneSession(factory);
  return measuredSource<Backend>(
    {
      points: tunePoints(cores, inputs.batches, () => [1]),
      cores: availableParallelism(),
      // Every visit of a race begins anew: other points have run since, with other threads and other memory.
      warmUp: WARM_UP,
      open: (point) => sessions.open(point),
      describe: (backend) => backend.describe(),
      async time(backend, input, _, { requests, signal }) {
        const series: Timed[] = [];
        await timeInferences(backend, input, series, { count: requests, clock: systemClock, signal });
        const host = series.map((timed) => timed.host);
        return { rows: [host], wallSeconds: host.reduce((sum, ms) => sum + ms, 0) / 1000 };
      },
      close: () => sessions.close(),
    },
    inputs,
  );
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
