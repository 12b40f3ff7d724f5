import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliResult } from './capture-cli.ts';
import { AGENT, python } from './python.ts';

/** The folder of the stand-in `torch_mlu`, for PYTHONPATH. */
export const TORCH_MLU_STAND_IN = fileURLToPath(new URL('../stand-in/python', import.meta.url));

export interface PythonOptions {
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Without the stand-in `torch_mlu`, as on a machine that has none. */
  readonly bare?: true;
}

/** Runs a Python file to its end; the agent's modules and the stand-in `torch_mlu` can be imported. */
export function runPython(file: string, args: readonly string[], options: PythonOptions = {}): CliResult {
  if (!python) throw new Error('there is no Python with torch');
  const path = [AGENT, ...(options.bare ? [] : [TORCH_MLU_STAND_IN])].join(':');
  const { status, stdout, stderr, error } = spawnSync(python, [file, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', ...options.env },
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  return { exitCode: status ?? -1, stdout, stderr };
}

/** A command of the agent's, as in the vendor's container. */
export const runAgent = (args: readonly string[], options?: PythonOptions): CliResult =>
  runPython(AGENT, args, options);

/** The one JSON document that a Python file writes. */
export function pythonJson<T>(file: string, args: readonly string[], options?: PythonOptions): T {
  const { exitCode, stdout, stderr } = runPython(file, args, options);
  if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
