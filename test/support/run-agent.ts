import type { CliResult } from './capture-cli.ts';
import { AGENT } from './python.ts';
import { spawnPython } from './spawn-agent.ts';

/** Environment in which `import torch_mlu` finds the stand-in. */
export const WITH_STAND_IN = { PYTHONPATH: new URL('../stand-in/python', import.meta.url).pathname };

/** One command of the agent, as an engineer gives it. */
export function runAgent(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  return runPython([AGENT, ...args], env);
}

/** A few lines of Python with the agent's modules at hand. */
export function runAgentCode(code: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  return runPython(['-c', `import sys\nsys.path.insert(0, ${JSON.stringify(AGENT)})\n${code}`, ...args], env);
}

/** A Python file run to its end, with the agent's modules and the stand-in `torch_mlu` at hand. */
export function runPythonFile(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CliResult> {
  return runPython([file, ...args], { PYTHONPATH: `${AGENT}:${WITH_STAND_IN.PYTHONPATH}`, ...env });
}

/** The one JSON document that such a file writes. */
export async function pythonJson<T>(file: string, args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await runPythonFile(file, args);
  if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

async function runPython(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
  const { exitCode, signal, stdout, stderr } = await spawnPython(args, env).result;
  if (exitCode === null) throw new Error(`python was ended by ${signal}: ${stderr}`);
  return { exitCode, stdout, stderr };
}
