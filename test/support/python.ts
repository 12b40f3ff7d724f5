import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The agent's folder, as `python3 AGENT` takes it. */
export const AGENT = fileURLToPath(new URL('../../harness/agent', import.meta.url));

/**
 * A Python with torch and numpy, as Debian's `python3-torch` gives it; null where there is none. In CI its absence is an
 * error, so that the tests that need it can never be passed over in silence; elsewhere they say that they were skipped.
 */
export const python: string | null = (() => {
  const candidates = [process.env.MLU_PARITY_PYTHON, '/usr/bin/python3', 'python3'];
  const found = candidates.find(
    (command) => command && spawnSync(command, ['-c', 'import torch, numpy']).status === 0,
  );
  if (!found && process.env.CI) throw new Error('CI needs a python3 with torch and numpy (python3-torch)');
  return found ?? null;
})();
