import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import type { BackendDescription } from '../backends/backend.ts';
import { BackendError } from '../errors.ts';
import { MINIMUM_SAMPLES } from '../latency/point-timer.ts';
import { seededInputs } from '../model/seeded-inputs.ts';
import type { MeasureOptions, TunePoint, TuneSource } from './tune-source.ts';

/** Times of requests, in ms: a row for each context. */
export interface TimedRows {
  readonly rows: readonly (readonly number[])[];
  readonly wallSeconds: number;
}

/** Something that runs points in sessions of its own kind, and takes their time. */
export interface MeasuredDevice<Session> {
  readonly points: readonly TunePoint[];
  /** Cores of the device, or threads of the machine, that contexts share. */
  readonly cores: number;
  /** Requests of a visit that never count, 1 or more: the last of them tells how long the others will take. */
  readonly warmUp: number;
  /** Kept open or opened again, as the device has it. @throws BackendError where the point cannot run. */
  open(point: TunePoint): Promise<Session>;
  describe(session: Session): BackendDescription;
  time(session: Session, input: Tensor, point: TunePoint, options: MeasureOptions): Promise<TimedRows>;
  close(): Promise<void>;
}

export interface MeasuredInputs {
  readonly batches: readonly number[];
  readonly size: PixelSize;
  /** Of the pixels. */
  readonly seed: number;
}

/**
 * Measures a device: each visit is a warm-up and then as many requests as its seconds afford.
 * @throws BackendError when no point opens; nothing is left open then.
 */
export async function measuredSource<
  Session extends { infer(batch: Tensor): Promise<{ readonly output: Tensor }> },
>(device: MeasuredDevice<Session>, { batches, size, seed }: MeasuredInputs): Promise<TuneSource> {
  const inputOf = seededInputs(size, Math.max(...batches), seed);
  try {
    const description = device.describe(await firstSession(device));
    return {
      points: device.points,
      describe: () => ({
        backend: description.name,
        precision: description.precision,
        engine: description.engine,
        device: description.device,
        cores: device.cores,
        outputProvenance: description.outputProvenance,
        latencyProvenance: description.latencyProvenance,
        exact: false,
      }),
      async measure(point, { requests, seconds, signal }) {
        const session = await device.open(point);
        const time = async (count: number): Promise<TimedRows> => {
          const options = { requests: count, seconds, signal };
          const timed = await device.time(session, inputOf(point.batch), point, options);
          signal.throwIfAborted();
          return timed;
        };
        const warm = await time(device.warmUp);
        // The last of a context: before it something may have compiled, and there are fewer where `seconds` were over.
        const expected = Math.max(...warm.rows.map((row) => row.at(-1)!));
        const affordable = Math.floor((seconds * 1000) / expected);
        const { rows, wallSeconds } = await time(Math.min(requests, Math.max(MINIMUM_SAMPLES, affordable)));
        const milliseconds = rows.flat();
        return { milliseconds, imagesPerSecond: (point.batch * milliseconds.length) / wallSeconds };
      },
      outputOf: async (point) => (await (await device.open(point)).infer(inputOf(point.batch))).output,
      close: () => device.close(),
    };
  } catch (error) {
    await device.close();
    throw error;
  }
}

async function firstSession<Session>({ points, open }: MeasuredDevice<Session>): Promise<Session> {
  let failure: BackendError | null = null;
  // The same session serves any number of contexts.
  for (const point of points.filter(({ contexts }) => contexts === 1)) {
    try {
      return await open(point);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new BackendError('cannot tune at no core number: give --cores');
}
