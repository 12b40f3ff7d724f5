import type { ExitCode } from '../errors.ts';
import { printRun } from '../run/print-run.ts';
import { defaultOut } from '../run/run-options.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { mergeShards } from './merge-shards.ts';

export interface MergeFlags {
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mlu-parity merge`: the summary or record of the joined run on stdout. */
export async function mergeFromCommandLine(
  shards: readonly string[],
  { out, json, quiet }: MergeFlags,
): Promise<ExitCode> {
  const interrupt = interruptSignal();
  const now = (): Date => new Date();
  try {
    const result = await mergeShards(shards, out ?? defaultOut(now()), {
      progress: quiet ? silentProgress : terminalProgress(),
      signal: interrupt.signal,
      now,
    });
    printRun(result, json === true);
    return result.record.verdict.exitCode as ExitCode;
  } finally {
    interrupt.release();
  }
}
