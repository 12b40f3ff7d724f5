import type { RunRecord } from '../../../reports/index.ts';
import { UsageError } from '../../errors.ts';
import { namingFailures, parseStored } from './history-error.ts';
import type { History } from './open-history.ts';
import { unpackRecord } from './packed-record.ts';

/** A run of a history, without its record. */
export interface HistoryRun {
  readonly id: number;
  readonly recordSha256: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: 'complete' | 'incomplete';
  readonly exitCode: number;
  readonly sentence: string;
  readonly environment: RunRecord['environment'];
  readonly source: string | null;
  readonly recordedAt: string;
  /** Names of the baselines that it is. */
  readonly baselines: readonly string[];
}

type RunRow = Omit<HistoryRun, 'environment' | 'baselines'> & {
  readonly environment: string;
  readonly baselines: string;
};

const SELECT = `SELECT id, record_sha256 AS recordSha256, started_at AS startedAt, finished_at AS finishedAt, status,
  exit_code AS exitCode, sentence, environment, source, recorded_at AS recordedAt,
  (SELECT json_group_array(name) FROM baseline WHERE baseline.run = run.id) AS baselines FROM run`;

/** All runs, by the time they started at. */
export function listRuns({ database, file }: History): HistoryRun[] {
  return namingFailures(file, 'read', () =>
    database
      .prepare<[], RunRow>(`${SELECT} ORDER BY started_at, id`)
      .all()
      .map((row) => runOf(file, row)),
  );
}

/**
 * One run by its number, the name of a baseline, or `last`.
 * @throws UsageError where there is none.
 */
export function findRun(history: History, name: string): HistoryRun {
  const { database, file } = history;
  const row = namingFailures(file, 'read', () => {
    if (name === 'last')
      return database.prepare<[], RunRow>(`${SELECT} ORDER BY started_at DESC, id DESC LIMIT 1`).get();
    if (/^\d{1,15}$/.test(name))
      return database.prepare<[number], RunRow>(`${SELECT} WHERE id = ?`).get(Number(name));
    return database
      .prepare<[string], RunRow>(`${SELECT} WHERE id = (SELECT run FROM baseline WHERE name = ?)`)
      .get(name);
  });
  if (row === undefined) {
    throw new UsageError(
      `the history ${file} has no run ${name}: give a number of mlu-parity history list, the name of a baseline, or last`,
    );
  }
  return runOf(file, row);
}

/**
 * The record of a run as it was recorded.
 * @throws BadDataError where it is no longer what was recorded.
 */
export function readRecordOf({ database, file }: History, { id, recordSha256 }: HistoryRun): RunRecord {
  const record = namingFailures(
    file,
    'read',
    () => database.prepare('SELECT record FROM run WHERE id = ?').pluck().get(id) as Buffer,
  );
  return unpackRecord(file, { id, recordSha256, record });
}

function runOf(file: string, row: RunRow): HistoryRun {
  return {
    ...row,
    environment: parseStored(file, row.environment) as HistoryRun['environment'],
    baselines: parseStored(file, row.baselines) as string[],
  };
}
