import type { RunConfig } from '../../harness/config/run-config.ts';
import type { RunTools } from '../../harness/run/measurement.ts';
import { type RunResult, run } from '../../harness/run/run.ts';
import { resolveRunOptions } from '../../harness/run/run-options.ts';
import { silentProgress } from '../../harness/terminal/progress.ts';

/** A run in this process, as the command would start it, without the terminal. */
export function runConfig(
  config: RunConfig,
  signal: RunTools['signal'] = new AbortController().signal,
): Promise<RunResult> {
  return run(resolveRunOptions(config, new Date()), {
    progress: silentProgress,
    signal,
    now: () => new Date(),
  });
}
