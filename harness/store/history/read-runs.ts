import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { BadDataError, UsageError } from '../../errors.ts';
import { hashOfJson } from './canonical-json.ts';
import { DAMAGED, namingFailures } from './history-error.ts';
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
    database.prepare<[], RunRow>(`${SELECT} ORDER BY started_at, id`).all().map(runOf),
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
  return runOf(row);
}

/**
 * The record of a run as it was recorded.
 * @throws BadDataError where it is no longer what was recorded.
 */
export function readRecordOf({ database, file }: History, { id, recordSha256 }: HistoryRun): RunRecord {
  const packed = namingFailures(
    file,
    'read',
    () => database.prepare('SELECT record FROM run WHERE id = ?').pluck().get(id) as Buffer,
  );
  try {
    const json: unknown = JSON.parse(unpackRecord(packed));
    if (hashOfJson(json) === recordSha256) return parseRunRecord(json);
  } catch (cause) {
    throw new BadDataError(`cannot use the record of run ${id} in the history ${file}: ${DAMAGED}`, {
      cause,
    });
  }
  throw new BadDataError(
    `the record of run ${id} in the history ${file} is not the one that was recorded: ${DAMAGED}`,
  );
}

function runOf(row: RunRow): HistoryRun {
  return { ...row, environment: JSON.parse(row.environment), baselines: JSON.parse(row.baselines) };
}
