import type { Card } from '../../reference/device/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { AgentBackend } from '../backends/agent-backend.ts';
import type { DeviceMeasurement, DeviceSession } from '../device/index.ts';
import { BackendError } from '../errors.ts';
import { MINIMUM_SAMPLES } from '../latency/point-timer.ts';
import { seededInputs } from '../model/seeded-inputs.ts';
import { type TunePoint, type TuneSource, tunePoints } from './tune-source.ts';

/** Requests of a visit that never count: a session may have been idle, and the first of all also compiles. */
const WARM_UP = 3;

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
 * users run them; online one process is one context. Sessions stay open from visit to visit: an idle one takes none of
 * the card's time, and opening one compiles.
 * @throws AgentFailure when the backend opens at no core number.
 */
export async function agentSource(
  factory: AgentBackend,
  { card, cores, batches, size, seed }: AgentSourceOptions,
): Promise<TuneSource> {
  const contextsOf = (coreNumber: number): number[] =>
    factory.name === 'mlu-online' ? [1] : [...new Set([1, Math.floor(card.cores / coreNumber)])];
  const inputOf = seededInputs(size, Math.max(...batches), seed);
  const sessions = new Map<string, DeviceSession>();
  const open = async ({ coreNumber, batch }: Pick<TunePoint, 'coreNumber' | 'batch'>) => {
    const key = `${coreNumber} ${batch}`;
    const known = sessions.get(key);
    if (known) return known;
    const contexts = Math.max(...contextsOf(coreNumber));
    const session = await factory.openSession({ coreNumber, batch, contexts, purpose: 'latency' });
    sessions.set(key, session);
    const actual = session.description.coreNumber;
    if (actual !== coreNumber) {
      throw new BackendError(`${coreNumber} cores were asked for, the device runs it on ${actual}`);
    }
    return session;
  };
  const close = async (): Promise<void> => {
    const all = [...sessions.values()];
    sessions.clear();
    await Promise.all(all.map((session) => session.close()));
  };
  try {
    const description = factory.describe(await firstSession(cores, batches, open));
    return {
      points: tunePoints(cores, batches, contextsOf),
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
        const expected = (warm.wallSeconds / WARM_UP) * 1000;
        const affordable = Math.floor((seconds * 1000) / expected);
        const measured = await measure(Math.min(requests, Math.max(MINIMUM_SAMPLES, affordable)));
        signal.throwIfAborted();
        if (!measured.sameOutputs) {
          throw new BackendError(
            `${contexts} contexts at once gave other outputs than one alone for the same input: what they time is not one network`,
          );
        }
        return visitOf(measured, point.batch);
      },
      outputOf: async (point) => (await (await open(point)).infer(inputOf(point.batch))).output,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function visitOf({ hostMs, wallSeconds }: DeviceMeasurement, batch: number) {
  const milliseconds = hostMs.flat();
  return { milliseconds, imagesPerSecond: (batch * milliseconds.length) / wallSeconds };
}

async function firstSession(
  cores: readonly number[],
  batches: readonly number[],
  open: (point: Pick<TunePoint, 'coreNumber' | 'batch'>) => Promise<DeviceSession>,
): Promise<DeviceSession> {
  let failure: BackendError | null = null;
  for (const coreNumber of cores) {
    for (const batch of batches) {
      try {
        return await open({ coreNumber, batch });
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        failure ??= error;
      }
    }
  }
  throw failure ?? new BackendError('cannot tune a card at no core number: give --cores');
}
