import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { type BenchRecord, benchSummary } from '../../reports/index.ts';
import { COMMAND_LINE, checkValue } from '../config/load-config.ts';
import { type ExitCode, messageOf } from '../errors.ts';
import { busyMachineWarnings } from '../latency/busy-machine.ts';
import { refuseUnwritable } from '../store/refuse-unwritable.ts';
import { writePrinted } from '../store/write-printed.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { type Progress, silentProgress, terminalProgress } from '../terminal/progress.ts';
import { bench } from './bench.ts';
import { benchConfigSchema, resolveBenchOptions } from './bench-options.ts';

/** `mlu-parity bench`: the options, the measurement, and its table or record on stdout. */
export async function benchFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { json, quiet, ...given } = flags;
  const options = resolveBenchOptions(checkValue(benchConfigSchema, given, COMMAND_LINE));
  const { out } = options;
  if (out !== null) await refuseUnwritable(out);
  const interrupt = interruptSignal();
  const progress = quiet ? silentProgress : terminalProgress();
  try {
    const { record, exitCode } = await bench(options, {
      progress,
      signal: interrupt.signal,
      warnings: busyMachineWarnings(),
      now: () => new Date(),
      ...(out !== null && { save: (unfinished) => saveUnfinished(out, unfinished, progress) }),
    });
    const text = textOf(record);
    process.stdout.write(json ? text : `${benchSummary(record, drawTable)}\n`);
    if (record.stoppedBy !== null) process.stderr.write(`mlu-parity: stopped: ${record.stoppedBy}\n`);
    return out === null ? exitCode : await writePrinted(out, text, exitCode);
  } finally {
    interrupt.release();
  }
}

function textOf(record: BenchRecord): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}

/** So that a kill loses nothing that was finished. Where it cannot be written, the measurement goes on: there is the end yet. */
async function saveUnfinished(out: string, record: BenchRecord, progress: Progress): Promise<void> {
  try {
    await writeFileAtomically(out, textOf(record));
  } catch (error) {
    progress.note(`what is finished was not written to --out ${out}: ${messageOf(error)}`);
  }
}
