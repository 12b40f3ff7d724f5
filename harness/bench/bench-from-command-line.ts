import { benchSummary } from '../../reports/index.ts';
import { checkValue } from '../config/load-config.ts';
import type { ExitCode } from '../errors.ts';
import { writeFileAtomically } from '../store/write-file-atomically.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { bench } from './bench.ts';
import { benchConfigSchema, resolveBenchOptions } from './bench-options.ts';

/** `mlu-parity bench`: the options, the measurement, and its table or record on stdout. */
export async function benchFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { json, quiet, ...given } = flags;
  const options = resolveBenchOptions(checkValue(benchConfigSchema, given, 'command line'));
  const interrupt = interruptSignal();
  try {
    const { record, exitCode } = await bench(options, {
      progress: quiet ? silentProgress : terminalProgress(),
      signal: interrupt.signal,
      now: () => new Date(),
    });
    const text = `${JSON.stringify(record, null, 1)}\n`;
    if (options.out !== null) await writeFileAtomically(options.out, text);
    process.stdout.write(json ? text : `${benchSummary(record, drawTable)}\n`);
    if (record.stoppedBy !== null) process.stderr.write(`mlu-parity: stopped: ${record.stoppedBy}\n`);
    return exitCode;
  } finally {
    interrupt.release();
  }
}
