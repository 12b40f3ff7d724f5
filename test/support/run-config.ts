import type { RunConfig } from '../../harness/config/run-config.ts';
import { type ResumedRun, resumeRun } from '../../harness/run/resume-run.ts';
import { type RunResult, run } from '../../harness/run/run.ts';
import { resolveRunOptions } from '../../harness/run/run-options.ts';
import type { RunTools } from '../../harness/run/run-tools.ts';
import { silentProgress } from '../../harness/terminal/progress.ts';

/** A run in this process, as the command would start it, without the terminal. */
export function runConfig(config: RunConfig, tools: Partial<RunTools> = {}): Promise<RunResult> {
  return run(resolveRunOptions(config, new Date()), runTools(tools), config);
}

/** Goes on in the folder of a run, in this process. */
export function resumeConfig(
  folder: string,
  config: RunConfig = {},
  tools: Partial<RunTools> = {},
): Promise<ResumedRun> {
  return resumeRun(folder, config, runTools(tools));
}

function runTools(tools: Partial<RunTools>): RunTools {
  return {
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date(),
    ...tools,
  };
}
