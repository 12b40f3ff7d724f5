import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { benchSummary } from '../../reports/index.ts';
import { checkValue } from '../config/load-config.ts';
import { type ExitCode, UsageError } from '../errors.ts';
import { drawTable } from '../terminal/draw-table.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { bench } from './bench.ts';
import { benchConfigSchema, resolveBenchOptions } from './bench-options.ts';

/** `mlu-parity bench`: the options, the measurement, and its table or record on stdout. */
export async function benchFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { json, quiet, ...given } = flags;
  const options = resolveBenchOptions(checkValue(benchConfigSchema, given, 'command line'));
  if (options.out !== null) await refuseUnwritable(options.out);
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

/** Found before the measurement, which may take an hour that would be lost. */
async function refuseUnwritable(file: string): Promise<void> {
  const existing = await stat(file).catch(() => null);
  if (existing !== null) {
    throw new UsageError(`--out ${file} exists already: give another name, or take it away`);
  }
  try {
    await access(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new UsageError(`cannot write --out ${file}: give a folder that exists and can be written to`, {
      cause,
    });
  }
}
