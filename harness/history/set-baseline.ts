import { EXIT, type ExitCode } from '../errors.ts';
import { readGateRun } from '../gate/gate-run.ts';
import { keepBaseline } from '../gate/keep-baseline.ts';
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
  const run = await readGateRun(folder);
  const interrupt = interruptSignal();
  try {
    return await withHistory(flags, 'write', async (history) => {
      const baseline = await keepBaseline(
        history,
        run,
        { name, reason, ...(groundTruth !== undefined && { groundTruth }) },
        { progress: quiet ? silentProgress : terminalProgress(), signal: interrupt.signal },
      );
      printResult(flags, baseline, `the baseline ${name} is run ${baseline.run} of ${run.record.startedAt}`);
      return EXIT.pass;
    });
  } finally {
    interrupt.release();
  }
}
