import { COMMAND_LINE, checkConfig, loadConfig } from '../config/load-config.ts';
import { mergeConfig } from '../config/merge-config.ts';
import { isSample, SAMPLE_NOTE, sampleConfig } from '../config/sample-config.ts';
import type { ExitCode } from '../errors.ts';
import { busyMachineWarnings } from '../latency/busy-machine.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { printRun } from './print-run.ts';
import { resumeRun } from './resume-run.ts';
import { run } from './run.ts';
import { resolveRunOptions } from './run-options.ts';
import type { RunTools } from './run-tools.ts';
import { withNamedShard } from './shard.ts';

/** `mlu-parity run`: options from file and command line, the run, and its summary or record on stdout. */
export async function runFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { config: configFile, json, quiet, resume, ...given } = flags;
  const fromFile = typeof configFile === 'string' ? await loadConfig(configFile) : {};
  const typed = checkConfig(given, COMMAND_LINE);
  const asked = withNamedShard(mergeConfig(fromFile, typed), process.env);
  const progress = quiet ? silentProgress : terminalProgress();
  const interrupt = interruptSignal();
  const tools = (timed: boolean): RunTools => ({
    ...{ progress, signal: interrupt.signal, now: () => new Date() },
    warnings: timed ? busyMachineWarnings() : [],
  });
  try {
    if (typeof resume === 'string') {
      const resumed = await resumeRun(resume, asked, tools(true));
      if (resumed.finished) progress.note(`${resume} is finished: there is nothing left to do`);
      printRun(resumed, json === true);
      return resumed.record.verdict.exitCode as ExitCode;
    }
    const sample = isSample(asked);
    const config = sample ? sampleConfig(asked) : asked;
    const options = resolveRunOptions(config, new Date(), typed);
    if (sample) progress.note(SAMPLE_NOTE);
    const result = await run(options, tools(options.latency !== null), config);
    printRun(result, json === true);
    return result.record.verdict.exitCode as ExitCode;
  } finally {
    interrupt.release();
  }
}
