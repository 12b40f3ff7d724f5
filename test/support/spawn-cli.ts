import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './capture-cli.ts';

/** The built command, as a user starts it; `npm test` builds it first. */
export const CLI = fileURLToPath(new URL('../../dist/harness/cli.js', import.meta.url));

export interface SpawnedCli {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
}

/** Starts the built command line as a process of its own. */
export function spawnCli(args: readonly string[], cwd?: string): SpawnedCli {
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
    });
  }
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === null) reject(new Error(`the command ended by ${signal}: ${written.stderr}`));
      else resolve({ exitCode: code, ...written });
    });
  });
  return { child, result };
}
