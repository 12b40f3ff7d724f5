import { BackendError } from '../errors.ts';

/** What an agent says of its own errors, as PROTOCOL.md has it. */
export const AGENT_ERROR_KINDS = ['bad-request', 'bad-file', 'not-available', 'device', 'internal'] as const;

export type AgentErrorKind = (typeof AGENT_ERROR_KINDS)[number];

/** A request that an agent did not carry out. */
export class AgentFailure extends BackendError {
  /**
   * The connection is gone, hung or garbled, and the agent ended: the same may succeed with another. False for an error of
   * the agent's own, which it would give again.
   */
  readonly lost: boolean;
  /** null where the connection was lost. */
  readonly kind: AgentErrorKind | null;

  /** @param options `cause` holds the agent's traceback, which is for a log and not for a message. */
  constructor(kind: AgentErrorKind | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.lost = kind === null;
  }
}

/** An error that the agent told of a request. */
export function failureOf(
  method: string,
  told: {
    readonly kind: AgentErrorKind;
    readonly message: string;
    readonly traceback?: string | null | undefined;
  },
): AgentFailure {
  const cause = told.traceback ? { cause: new Error(told.traceback) } : {};
  return new AgentFailure(told.kind, `the agent could not ${method}: ${told.message}`, cause);
}
