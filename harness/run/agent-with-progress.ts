import { formatBytes } from '../../datasets/fetch/format-bytes.ts';
import type { AgentOptions, AgentProgress } from '../device/index.ts';
import type { AgentChoice } from './resolve-devices.ts';
import type { RunTools } from './run-tools.ts';

/** How the user's agent is started, with its progress and mishaps told line by line: they come between bars, and inside one. */
export function agentWithProgress(
  { command, timeoutSeconds }: AgentChoice,
  { progress, signal }: Pick<RunTools, 'progress' | 'signal'>,
): AgentOptions {
  let last = '';
  return {
    command,
    ...(timeoutSeconds === null ? {} : { timeoutSeconds }),
    signal,
    onProgress: (step) => {
      const line = lineOf(step);
      // The same thing at another step of its way is not worth another line.
      if (step.text !== last) progress.note(line);
      last = step.text;
    },
    tell: (sentence) => progress.note(`agent: ${sentence}`),
  };
}

function lineOf({ text, total, unit }: AgentProgress): string {
  const size = total === null || unit !== 'bytes' ? '' : ` (${formatBytes(total)})`;
  return `agent: ${text}${size}`;
}
