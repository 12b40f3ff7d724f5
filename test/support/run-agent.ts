import { execFile } from 'node:child_process';
import type { CliResult } from './capture-cli.ts';
import { AGENT, python } from './python.ts';

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

function runPython(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const options = {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
      maxBuffer: 64 << 20,
      encoding: 'utf8',
    } as const;
    execFile(python!, args, options, (error, stdout, stderr) => {
      const exitCode = error ? error.code : 0;
      if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
      else reject(new Error(`python did not end by itself: ${stderr}`, { cause: error }));
    });
  });
}
