import { textSummary } from '../../reports/index.ts';
import { checkConfig, loadConfig } from '../config/load-config.ts';
import { mergeConfig } from '../config/merge-config.ts';
import { isSample, SAMPLE_NOTE, sampleConfig } from '../config/sample-config.ts';
import type { ExitCode } from '../errors.ts';
import { busyMachineWarnings } from '../latency/busy-machine.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { run } from './run.ts';
import { resolveRunOptions } from './run-options.ts';

/** `mlu-parity run`: options from file and command line, the run, and its summary or record on stdout. */
export async function runFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { config: configFile, json, quiet, ...given } = flags;
  const fromFile = typeof configFile === 'string' ? await loadConfig(configFile) : {};
  const typed = checkConfig(given, 'command line');
  const asked = mergeConfig(fromFile, typed);
  const sample = isSample(asked);
  const options = resolveRunOptions(sample ? sampleConfig(asked) : asked, new Date(), typed);

  const interrupt = interruptSignal();
  try {
    const progress = quiet ? silentProgress : terminalProgress();
    if (sample) progress.note(SAMPLE_NOTE);
    const { record, folder } = await run(options, {
      progress,
      signal: interrupt.signal,
      warnings: options.latency === null ? [] : busyMachineWarnings(),
      now: () => new Date(),
    });
    process.stdout.write(
      json ? `${JSON.stringify(record, null, 1)}\n` : `${textSummary(record, drawTable)}\n\n`,
    );
    if (!json) process.stdout.write(`${folder}/report.html\n`);
    if (record.stoppedBy !== null) process.stderr.write(`mlu-parity: stopped: ${record.stoppedBy}\n`);
    return record.verdict.exitCode as ExitCode;
  } finally {
    interrupt.release();
  }
}
