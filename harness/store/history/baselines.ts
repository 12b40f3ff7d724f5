import { UsageError } from '../../errors.ts';
import { namingFailures } from './history-error.ts';
import { dropKeptFiles, insertKeptFiles, type KeptFile } from './kept-files.ts';
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

export interface NewBaseline extends Omit<Baseline, 'setAt'> {
  /** What comparisons with it will take; of a run that was a baseline before, what was kept then stays. */
  readonly files?: readonly KeptFile[];
  readonly now?: Date;
}

/**
 * Whether a baseline can have a name, and is set for a reason: to be asked before a history is made for it.
 * @throws UsageError for a name that could be a run's, or that a shell or a page would take apart, or no reason.
 */
export function checkBaseline({ name, reason }: Pick<Baseline, 'name' | 'reason'>): void {
  checkBaselineName(name);
  if (reason.trim() === '') throw new UsageError(`the baseline ${name} is set without a reason: give one`);
}

/** @throws UsageError as `checkBaseline`. */
export function checkBaselineName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/.test(name) && name !== 'last') return;
  throw new UsageError(
    `a baseline cannot have the name ${JSON.stringify(name)}: begin with a letter from A to Z or a to z, go on with such letters, digits, '.', '_' or '-', at most 100 in all, and not 'last'`,
  );
}

/**
 * Names a run as a baseline, instead of the one that had the name; that it was done is kept, as are the files.
 * @param baseline its `run` an id
 * @throws UsageError for a name that could be a run's, no reason, or a run that is not there.
 */
export function setBaseline(
  history: History,
  { name, run, reason, setBy, files = [], now = new Date() }: NewBaseline,
): Baseline {
  checkBaseline({ name, reason });
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
        insertKeptFiles(history, run, files);
        dropKeptFiles(history);
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
