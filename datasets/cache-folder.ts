import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folder for what can be made or fetched again: `MLU_PARITY_CACHE` where that is set, else `mlu-parity` in
 * `XDG_CACHE_HOME` or in `~/.cache`. It need not exist yet.
 *
 * A relative `XDG_CACHE_HOME` is passed over, as the XDG Base Directory specification asks.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MLU_PARITY_CACHE) return resolve(env.MLU_PARITY_CACHE);
  const base =
    env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'mlu-parity');
}
