import type { Tensor } from '../../reference/tensor.ts';
import type { AgentOptions } from './agent-options.ts';
import type { SessionDescription } from './agent-messages.ts';
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

export function openDeviceSession(agent: AgentOptions, spec: SessionSpec): Promise<DeviceSession> {
  throw new Error(`not done: ${agent.command} ${spec.kind}`);
}
