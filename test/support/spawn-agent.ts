import { type ChildProcess, spawn } from 'node:child_process';
import { AGENT, python } from './python.ts';

export interface AgentResult {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnedAgent {
  readonly child: ChildProcess;
  readonly result: Promise<AgentResult>;
}

/** Starts `python3 agent …` with these variables beside the environment's; one that is undefined is taken away. */
export function spawnAgent(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): SpawnedAgent {
  return spawnPython([AGENT, ...args], environment);
}

/** The same of any script, which comes first among the arguments. */
export function spawnPython(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): SpawnedAgent {
  const child = spawn(python!, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...environment },
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
    });
  }
  const result = new Promise<AgentResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, ...written }));
  });
  return { child, result };
}
