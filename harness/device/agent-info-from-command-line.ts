import { EXIT, type ExitCode } from '../errors.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { type AgentInquiry, askAgentInfo } from './agent-info.ts';

/** `mlu-parity agent info --agent CMD`: whether an agent answers, and what its machine has. */
export async function agentInfoFromCommandLine(flags: {
  readonly agent: string;
  readonly json?: true;
}): Promise<ExitCode> {
  const { signal, release } = interruptSignal();
  try {
    const found = await askAgentInfo({ command: flags.agent, signal });
    process.stdout.write(flags.json ? `${JSON.stringify(found, null, 1)}\n` : asText(found));
    return EXIT.pass;
  } finally {
    release();
  }
}

function asText({ agent, info }: AgentInquiry): string {
  const lines = Object.entries(info)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => `  ${name}: ${wordsOf(value)}`);
  return `agent ${agent} answers\n${lines.join('\n')}\n`;
}

/** A list or an object without anything in it; that something is not there is worth a line, that nothing is to be said is not. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** `{ version: 1, path: 'x' }` as `version 1, path x`; what is not there as `none`. */
function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value !== 'object') return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== null);
  return parts
    .map(([name, part]) => `${name} ${typeof part === 'object' ? JSON.stringify(part) : String(part).trim()}`)
    .join(', ');
}
