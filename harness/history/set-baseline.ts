import { EXIT, type ExitCode } from '../errors.ts';
import { readGateRun } from '../gate/gate-run.ts';
import { keepBaseline, readFilesToKeep } from '../gate/keep-baseline.ts';
import { checkBaseline } from '../store/history/index.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

export interface BaselineFlags extends HistoryFlags {
  readonly reason: string;
  readonly groundTruth?: string;
  readonly quiet?: true;
}

/** `mlu-parity history baseline`: the one way in which a baseline is set. */
export async function baselineFromCommandLine(
  name: string,
  folder: string,
  flags: BaselineFlags,
): Promise<ExitCode> {
  const { reason, groundTruth, quiet } = flags;
  checkBaseline({ name, reason });
  const run = await readGateRun(folder);
  const interrupt = interruptSignal();
  try {
    // All that can be refused is, before a history is made for it.
    const files = await readFilesToKeep(run, groundTruth, {
      progress: quiet ? silentProgress : terminalProgress(),
      signal: interrupt.signal,
    });
    return await withHistory(flags, 'write', (history) => {
      const baseline = keepBaseline(history, run, { name, reason, files });
      printResult(flags, baseline, `the baseline ${name} is run ${baseline.run} of ${run.record.startedAt}`);
      return EXIT.pass;
    });
  } finally {
    interrupt.release();
  }
}
