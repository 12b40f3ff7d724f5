import { UsageError } from '../../errors.ts';
import { namingFailures } from './history-error.ts';
import type { History } from './open-history.ts';
import { findRun } from './read-runs.ts';

/** A run that others are held against, under a name. */
export interface Baseline {
  readonly name: string;
  readonly run: number;
  readonly reason: string;
  readonly setAt: string;
  /** The user, job or command that set it. */
  readonly setBy: string;
}

/** One act on a baseline, kept after it: the run by its record, which may be pruned later. */
export interface BaselineChange extends Omit<Baseline, 'run'> {
  readonly recordSha256: string;
}

const COLUMNS = 'name, run, reason, set_at AS setAt, set_by AS setBy';

/**
 * Names a run as a baseline, instead of the one that had the name; that it was done is kept.
 * @param run id
 * @throws UsageError for a name that could be a run's, no reason, or a run that is not there.
 */
export function setBaseline(
  history: History,
  { name, run, reason, setBy, now = new Date() }: Omit<Baseline, 'setAt'> & { readonly now?: Date },
): Baseline {
  if (!/^[A-Za-z][\w.-]{0,99}$/.test(name) || name === 'last') {
    throw new UsageError(
      `cannot name a baseline ${JSON.stringify(name)}: begin with a letter, go on with letters, digits, '.', '_' or '-', and not 'last'`,
    );
  }
  if (reason.trim() === '') throw new UsageError(`the baseline ${name} is set without a reason: give one`);
  const { recordSha256 } = findRun(history, String(run));
  const setAt = now.toISOString();
  const { database, file } = history;
  namingFailures(file, 'write to', () =>
    database
      .transaction(() => {
        database
          .prepare(
            `INSERT INTO baseline (name, run, reason, set_at, set_by) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET run = excluded.run, reason = excluded.reason, set_at = excluded.set_at, set_by = excluded.set_by`,
          )
          .run(name, run, reason, setAt, setBy);
        database
          .prepare(
            'INSERT INTO baseline_change (name, record_sha256, reason, set_at, set_by) VALUES (?, ?, ?, ?, ?)',
          )
          .run(name, recordSha256, reason, setAt, setBy);
      })
      .immediate(),
  );
  return { name, run, reason, setAt, setBy };
}

/** Null where no run has the name. */
export function readBaseline({ database, file }: History, name: string): Baseline | null {
  return namingFailures(file, 'read', () => {
    return (
      database.prepare<[string], Baseline>(`SELECT ${COLUMNS} FROM baseline WHERE name = ?`).get(name) ?? null
    );
  });
}

export function listBaselines({ database, file }: History): Baseline[] {
  return namingFailures(file, 'read', () =>
    database.prepare<[], Baseline>(`SELECT ${COLUMNS} FROM baseline ORDER BY name`).all(),
  );
}

/** All that was done to baselines, the first first. */
export function listBaselineChanges({ database, file }: History): BaselineChange[] {
  return namingFailures(file, 'read', () =>
    database
      .prepare<[], BaselineChange>(
        'SELECT name, record_sha256 AS recordSha256, reason, set_at AS setAt, set_by AS setBy FROM baseline_change ORDER BY id',
      )
      .all(),
  );
}
