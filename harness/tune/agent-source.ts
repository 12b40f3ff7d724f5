import type { Card } from '../../reference/device/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { AgentBackend } from '../backends/agent-backend.ts';
import type { DeviceMeasurement, DeviceSession } from '../device/index.ts';
import { BackendError } from '../errors.ts';
import { MINIMUM_SAMPLES } from '../latency/point-timer.ts';
import { seededInputs } from '../model/seeded-inputs.ts';
import { RecentSessions, type SessionPoint } from './recent-sessions.ts';
import { type TunePoint, type TuneSource, tunePoints } from './tune-source.ts';

/** Requests of a visit that never count: a session may have been idle, and the first of all also compiles. */
const WARM_UP = 3;

/** Sessions that are open at the same time: each is a process with PyTorch or a model in it on the card's host. */
const MOST_SESSIONS = 8;

/** Contexts that are open at the same time, for each core of the card: each has its own memory on it. */
const CONTEXTS_PER_CORE = 2;

export interface AgentSourceOptions {
  readonly card: Card;
  readonly cores: readonly number[];
  readonly batches: readonly number[];
  readonly size: PixelSize;
  /** Of the pixels. */
  readonly seed: number;
}

/**
 * Measures a card by an agent. Offline models run with one context and with as many as the card has cores for, as their
 * users run them; online one process is one context. Sessions stay open from visit to visit, since an idle one takes none of
 * the card's time: those that were used last, at most 8, and of all their contexts at most two for each core of the card, for the
 * sake of its memory. To open one again costs seconds; what was compiled for it is kept beside the card.
 * @throws AgentFailure when the backend opens at no core number.
 */
export async function agentSource(
  factory: AgentBackend,
  { card, cores, batches, size, seed }: AgentSourceOptions,
): Promise<TuneSource> {
  const contextsOf = (coreNumber: number): number[] =>
    factory.name === 'mlu-online' ? [1] : [...new Set([1, Math.floor(card.cores / coreNumber)])];
  const inputOf = seededInputs(size, Math.max(...batches), seed);
  const points = tunePoints(cores, batches, contextsOf).filter(
    ({ coreNumber, batch }) =>
      factory.compiledFor?.some((model) => model.coreNumber === coreNumber && model.batch === batch) ?? true,
  );
  const sessions = new RecentSessions({
    mostSessions: MOST_SESSIONS,
    mostContexts: CONTEXTS_PER_CORE * card.cores,
    contextsOf: ({ coreNumber }) => Math.max(...contextsOf(coreNumber)),
    openSession: (point, contexts) => factory.openSession({ ...point, contexts, purpose: 'latency' }),
  });
  const open = async (point: SessionPoint): Promise<DeviceSession> => {
    const session = await sessions.open(point);
    const actual = session.description.coreNumber;
    if (actual !== point.coreNumber) {
      throw new BackendError(`${point.coreNumber} cores were asked for, the device runs it on ${actual}`);
    }
    return session;
  };
  try {
    const description = factory.describe(await firstSession(points, open));
    return {
      points,
      describe: () => ({
        backend: description.name,
        precision: description.precision,
        engine: description.engine,
        device: description.device,
        cores: card.cores,
        outputProvenance: description.outputProvenance,
        latencyProvenance: description.latencyProvenance,
        exact: false,
      }),
      async measure(point, { requests, seconds, signal }) {
        const session = await open(point);
        const input = inputOf(point.batch);
        const { contexts } = point;
        const measure = (count: number) => session.measure(input, { requests: count, seconds, contexts });
        const warm = await measure(WARM_UP);
        signal.throwIfAborted();
        // The last of a context: before it something may have compiled, and there are fewer where `seconds` were over.
        const expected = Math.max(...warm.hostMs.map((row) => row.at(-1)!));
        const affordable = Math.floor((seconds * 1000) / expected);
        const measured = await measure(Math.min(requests, Math.max(MINIMUM_SAMPLES, affordable)));
        signal.throwIfAborted();
        if (!measured.sameOutputs) {
          throw new BackendError(
            contexts === 1
              ? 'the same input gave other outputs from one request to the next: what is timed is not one network'
              : `the same input gave other outputs from one request or context to another, ${contexts} contexts at once: what is timed is not one network`,
          );
        }
        return visitOf(measured, point.batch);
      },
      outputOf: async (point) => (await (await open(point)).infer(inputOf(point.batch))).output,
      close: () => sessions.close(),
    };
  } catch (error) {
    await sessions.close();
    throw error;
  }
}

function visitOf({ hostMs, wallSeconds }: DeviceMeasurement, batch: number) {
  const milliseconds = hostMs.flat();
  return { milliseconds, imagesPerSecond: (batch * milliseconds.length) / wallSeconds };
}

async function firstSession(
  points: readonly TunePoint[],
  open: (point: SessionPoint) => Promise<DeviceSession>,
): Promise<DeviceSession> {
  let failure: BackendError | null = null;
  for (const { contexts: _, ...point } of points) {
    try {
      return await open(point);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new BackendError('cannot tune a card at no core number: give --cores');
}
