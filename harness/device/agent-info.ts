import type { AgentInfo } from './agent-messages.ts';
import type { AgentOptions } from './agent-options.ts';

export interface AgentInquiry {
  /** The agent's own version. */
  readonly agent: string;
  readonly info: AgentInfo;
}

/** Starts an agent, asks what its machine has, and ends it. */
export function askAgentInfo(agent: AgentOptions): Promise<AgentInquiry> {
  throw new Error(`not done: ${agent.command}`);
}
