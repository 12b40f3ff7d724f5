import type { AgentInfo } from './agent-messages.ts';
import type { AgentOptions } from './agent-options.ts';
import { connectAgent } from './connect-agent.ts';

export interface AgentInquiry {
  /** The agent's own version. */
  readonly agent: string;
  readonly info: AgentInfo;
}

/** Starts an agent, hears what its machine has, which is part of its first word, and ends it. */
export async function askAgentInfo(options: AgentOptions): Promise<AgentInquiry> {
  const connection = await connectAgent(options);
  const { agent, info } = connection.hello;
  await connection.end();
  return { agent, info };
}
