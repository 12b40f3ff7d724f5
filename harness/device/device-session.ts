import type { Tensor } from '../../reference/tensor.ts';
import { hashLocalFile } from './agent-files.ts';
import type { SessionDescription } from './agent-messages.ts';
import type { AgentOptions } from './agent-options.ts';
import { fileOf } from './open-session.ts';
import { SessionRunner } from './session-runner.ts';
import type { SessionSpec } from './session-spec.ts';

export interface DeviceInference {
  /** NAC `[batch, anchors, 5 + classes]`, the caller's own; its values are not judged: NaN comes through. */
  readonly output: Tensor;
  /** From pixels to outputs in the memory of the device's host; the way over the link is not in it. */
  readonly hostMilliseconds: number;
  /** On the device itself, copies apart, where it can tell. */
  readonly deviceMilliseconds?: number;
}

export interface MeasureOptions {
  /** In each context. */
  readonly requests: number;
  /** No request is begun later; at least one is carried out. */
  readonly seconds: number;
  readonly contexts: number;
}

export interface DeviceMeasurement {
  /** One row for each context, in ms. */
  readonly hostMs: readonly (readonly number[])[];
  /** null where the device cannot tell. */
  readonly deviceMs: readonly (readonly number[])[] | null;
  readonly wallSeconds: number;
  /** Whether every output was bit-equal to the first. */
  readonly sameOutputs: boolean;
}

/** A network on an agent's machine, ready to run. */
export interface DeviceSession {
  readonly description: SessionDescription;
  /** @param batch NCHW `[batch, 3, height, width]`. */
  infer(batch: Tensor): Promise<DeviceInference>;
  measure(batch: Tensor, options: MeasureOptions): Promise<DeviceMeasurement>;
  /** Sentences: when and why the agent was started again. */
  readonly restarts: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts an agent of its own for the session, since what a vendor's library is told holds for a whole process, sends the files that
 * it lacks, and opens the session. An agent that is lost is started again once for each request.
 * @throws BackendError (AgentFailure where it is the agent's own word), BadDataError for a file that cannot be read, the signal's reason.
 */
export async function openDeviceSession(agent: AgentOptions, spec: SessionSpec): Promise<DeviceSession> {
  const file = await hashLocalFile(fileOf(spec), agent.signal);
  const runner = new SessionRunner(agent, spec, file);
  await runner.open();
  return runner;
}
