import type { Hello } from './agent-messages.ts';
import type { AgentProgress } from './agent-options.ts';

export interface RequestOptions {
  readonly payloads?: ReadonlyMap<string, Uint8Array>;
  /** Instead of `timeoutSeconds`. */
  readonly limitSeconds?: number;
  readonly onProgress?: (progress: AgentProgress) => void;
}

export interface AgentAnswer {
  readonly result: unknown;
  readonly payloads: ReadonlyMap<string, Uint8Array>;
}

/** A running agent that has said hello. Requests go one at a time. */
export interface AgentConnection {
  readonly hello: Hello;
  /**
   * @throws AgentFailure where the agent could not carry it out, or was lost before it had; the signal's reason once that was given.
   */
  request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    options?: RequestOptions,
  ): Promise<AgentAnswer>;
  /** Asks the agent to end and sees to it that it does. Never throws. */
  end(): Promise<void>;
}
