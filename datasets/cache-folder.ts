import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Where what can be fetched or made again is kept: `MLU_PARITY_CACHE`, else `mlu-parity` in `XDG_CACHE_HOME`, else
 * `~/.cache/mlu-parity`. A relative `XDG_CACHE_HOME` is ignored, as its specification demands.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MLU_PARITY_CACHE) return resolve(env.MLU_PARITY_CACHE);
  const base = env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'mlu-parity');
}
