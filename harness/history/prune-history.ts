import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type HistoryRun, type PruneRule, parseAge, pruneRuns, runsToPrune } from '../store/history/index.ts';
import { formatTable } from '../terminal/table.ts';
import { shortTime } from '../../reports/history/short-time.ts';
import { type HistoryFlags, printResult, withHistory } from './with-history.ts';

export interface PruneFlags extends HistoryFlags {
  readonly keep?: number;
  readonly olderThan?: string;
  readonly yes?: true;
}

/** `mlu-parity history prune`: says what would go, and with `--yes` takes it away. Baselines stay. */
export function pruneFromCommandLine(flags: PruneFlags): Promise<ExitCode> {
  const rule = ruleOf(flags);
  return withHistory(flags, flags.yes ? 'change' : 'read', (history) => {
    const runs = runsToPrune(history, rule);
    const removed = flags.yes ? pruneRuns(history, runs) : 0;
    printResult(
      flags,
      { removed, runs: runs.map(({ id, startedAt }) => ({ id, startedAt })) },
      textOf(runs, removed, flags),
    );
    return EXIT.pass;
  });
}

function ruleOf({ keep, olderThan }: PruneFlags): PruneRule {
  if ((keep === undefined) === (olderThan === undefined)) {
    throw new UsageError('--keep N and --older-than AGE each say what to take away: give one of them');
  }
  if (olderThan !== undefined) return { before: new Date(Date.now() - parseAge(olderThan)) };
  if (keep! < 0) throw new UsageError(`--keep ${keep} keeps no number of runs: give 0 or more`);
  return { keep: keep! };
}

function textOf(runs: readonly HistoryRun[], removed: number, { yes }: PruneFlags): string {
  if (runs.length === 0) return 'nothing to take away';
  if (yes) return `${removed} run${removed === 1 ? '' : 's'} taken away`;
  const table = formatTable(
    ['run', 'started', 'status'],
    runs.map(({ id, startedAt, status }) => [String(id), shortTime(startedAt), status]),
  );
  return [...table, `${runs.length} would be taken away: add --yes`].join('\n');
}
