import { UsageError } from '../../errors.ts';
import { namingFailures } from './history-error.ts';
import type { History } from './open-history.ts';
import { type HistoryRun, listRuns } from './read-runs.ts';

/** What goes: all but the latest `keep`, or what started before `before`. */
export type PruneRule = { readonly keep: number } | { readonly before: Date };

/** Runs that a rule takes away, by time; never one that is a baseline. */
export function runsToPrune(history: History, rule: PruneRule): HistoryRun[] {
  const runs = listRuns(history);
  const old =
    'keep' in rule
      ? runs.slice(0, Math.max(0, runs.length - rule.keep))
      : runs.filter(({ startedAt }) => Date.parse(startedAt) < rule.before.getTime());
  return old.filter(({ baselines }) => baselines.length === 0);
}

/**
 * Takes runs away with their figures and gives their room back to the disk. A run that has become a baseline since stays.
 * @returns how many went.
 */
export function pruneRuns({ database, file }: History, runs: readonly HistoryRun[]): number {
  return namingFailures(file, 'write to', () => {
    const removed = database
      .transaction(() => {
        const remove = database.prepare(
          'DELETE FROM run WHERE id = ? AND id NOT IN (SELECT run FROM baseline)',
        );
        const count = runs.reduce((sum, { id }) => sum + remove.run(id).changes, 0);
        database.exec('DELETE FROM series WHERE id NOT IN (SELECT series FROM figure)');
        return count;
      })
      .immediate();
    if (removed > 0) {
      database.exec('VACUUM');
      database.pragma('wal_checkpoint(TRUNCATE)');
    }
    return removed;
  });
}

/**
 * Reads `90d` or `12w`.
 * @throws UsageError for any other text.
 */
export function parseAge(text: string): number {
  const [, count, unit] = /^(\d{1,6})([dw])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new UsageError(`--older-than ${text} is no age: give days or weeks, as 90d or 12w`);
  }
  return Number(count) * (unit === 'w' ? 7 : 1) * 24 * 60 * 60 * 1000;
}
