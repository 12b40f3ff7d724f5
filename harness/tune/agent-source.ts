import type { Card } from '../../reference/device/index.ts';
import type { AgentBackend } from '../backends/agent-backend.ts';
import type { DeviceMeasurement, DeviceSession } from '../device/index.ts';
import { BackendError } from '../errors.ts';
import { type MeasuredInputs, measuredSource } from './measured-source.ts';
import { RecentSessions } from './recent-sessions.ts';
import { type TuneSource, tunePoints } from './tune-source.ts';

/** Requests of a visit that never count: a session may have been idle, and the first of all also compiles. */
const WARM_UP = 3;

/** Sessions that are open at the same time: each is a process with PyTorch or a model in it on the card's host. */
const MOST_SESSIONS = 8;

/** Contexts that are open at the same time, for each core of the card: each has its own memory on it. */
const CONTEXTS_PER_CORE = 2;

export interface AgentSourceOptions extends MeasuredInputs {
  readonly card: Card;
  readonly cores: readonly number[];
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
  { card, cores, ...inputs }: AgentSourceOptions,
): Promise<TuneSource> {
  const contextsOf = (coreNumber: number): number[] =>
    factory.name === 'mlu-online' ? [1] : [...new Set([1, Math.floor(card.cores / coreNumber)])];
  const points = tunePoints(cores, inputs.batches, contextsOf).filter(
    ({ coreNumber, batch }) =>
      factory.compiledFor?.some((model) => model.coreNumber === coreNumber && model.batch === batch) ?? true,
  );
  const sessions = new RecentSessions({
    mostSessions: MOST_SESSIONS,
    mostContexts: CONTEXTS_PER_CORE * card.cores,
    contextsOf: ({ coreNumber }) => Math.max(...contextsOf(coreNumber)),
    openSession: (point, contexts) => factory.openSession({ ...point, contexts, purpose: 'latency' }),
  });
  return measuredSource<DeviceSession>(
    {
      points,
      cores: card.cores,
      warmUp: WARM_UP,
      async open({ coreNumber, batch }) {
        const session = await sessions.open({ coreNumber, batch });
        const actual = session.description.coreNumber;
        if (actual !== coreNumber) {
          throw new BackendError(`${coreNumber} cores were asked for, the device runs it on ${actual}`);
        }
        return session;
      },
      describe: factory.describe,
      async time(session, input, { contexts }, { requests, seconds }) {
        const measured = await session.measure(input, { requests, seconds, contexts });
        refuseOtherOutputs(measured, contexts);
        return { rows: measured.hostMs, wallSeconds: measured.wallSeconds };
      },
      close: () => sessions.close(),
    },
    inputs,
  );
}

function refuseOtherOutputs({ sameOutputs }: DeviceMeasurement, contexts: number): void {
  if (sameOutputs) return;
  throw new BackendError(
    contexts === 1
      ? 'the same input gave other outputs from one request to the next: what is timed is not one network'
      : `the same input gave other outputs from one request or context to another, ${contexts} contexts at once: what is timed is not one network`,
  );
}
