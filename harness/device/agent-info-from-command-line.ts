import { COMMAND_LINE, checkValue } from '../config/load-config.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { agentWithProgress } from '../run/agent-with-progress.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { type AgentInquiry, askAgentInfo } from './agent-info.ts';

export interface InfoFlags {
  readonly agent: string;
  readonly agentTimeout?: number;
  readonly json?: true;
  readonly quiet?: true;
}

const infoFlagsSchema = runConfigSchema.pick({ agentTimeout: true });

/** `mlu-parity agent info --agent CMD`: whether an agent answers, and what its machine has. */
export async function agentInfoFromCommandLine({
  json,
  quiet,
  agent,
  ...given
}: InfoFlags): Promise<ExitCode> {
  const { agentTimeout = null } = checkValue(infoFlagsSchema, given, COMMAND_LINE);
  const { signal, release } = interruptSignal();
  try {
    const progress = quiet ? silentProgress : terminalProgress();
    const choice = { command: agent, timeoutSeconds: agentTimeout };
    const found = await askAgentInfo(agentWithProgress(choice, { progress, signal }));
    process.stdout.write(json ? `${JSON.stringify(found, null, 1)}\n` : asText(found));
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
