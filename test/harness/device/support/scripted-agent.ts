import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentOptions } from '../../../../harness/device/index.ts';

const SCRIPT = fileURLToPath(new URL('scripted-agent.mjs', import.meta.url));

export interface ScriptedAgent {
  readonly options: AgentOptions;
  /** How often it was started. */
  starts(): number;
  /** Process ids of it and of what it started that still live, after up to a second for the system to take them away. */
  living(): Promise<number[]>;
}

/**
 * Options for an agent that has the fault at its first `faultyStarts` starts; limits are short.
 * @param network classes of its outputs, and the inference of a process at which a fault of inferences comes.
 */
export function scriptedAgent(
  fault: string,
  faultyStarts = 1,
  options: Partial<AgentOptions> = {},
  { classes = 2, firstFaulty = 1 } = {},
): ScriptedAgent {
  const state = join(mkdtempSync(join(tmpdir(), 'mlu-agent-')), 'starts');
  const quoted = [process.execPath, SCRIPT, state, fault].map((word) => `'${word}'`).join(' ');
  const ids = () =>
    [state, `${state}.children`]
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, 'utf8').trim().split('\n').map(Number));
  return {
    options: {
      command: `${quoted} ${faultyStarts} ${classes} ${firstFaulty}`,
      timeoutSeconds: 3,
      silenceSeconds: 1,
      helloSeconds: 20,
      signal: new AbortController().signal,
      ...options,
    },
    starts: () => ids()[0]?.length ?? 0,
    living: async () => {
      let left = ids().flat();
      for (let tries = 0; tries < 50 && left.length > 0; tries++) {
        left = left.filter(lives);
        if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return left;
    },
  };
}

/** A zombie does not: whoever has to take it away is no longer the harness. */
export function lives(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
