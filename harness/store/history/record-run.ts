import type { RunRecord } from '../../../reports/record/index.ts';
import { hashOfJson } from './canonical-json.ts';
import { insertFigures } from './derive-figures.ts';
import { namingFailures } from './history-error.ts';
import type { History } from './open-history.ts';
import { packRecord } from './packed-record.ts';

export interface RecordedRun {
  readonly id: number;
  /** False where the history had this record already. */
  readonly isNew: boolean;
}

export interface RecordingDetails {
  /** The record's text as it was written; default: as `run.json` is. */
  readonly text?: string;
  /** Where the record came from, as a run folder. */
  readonly source?: string;
  readonly now?: Date;
}

/**
 * Records a run with its figures, all of it or nothing. A record that is there already, by the hash of its content, is not
 * recorded again.
 * @throws BadDataError where the history cannot be written to.
 */
export function recordRun(
  { database, file }: History,
  record: RunRecord,
  { text = `${JSON.stringify(record, null, 1)}\n`, source, now = new Date() }: RecordingDetails = {},
): RecordedRun {
  const hash = hashOfJson(JSON.parse(text));
  const packed = packRecord(text);
  const insert = database.transaction((): RecordedRun => {
    const existing = database.prepare('SELECT id FROM run WHERE record_sha256 = ?').pluck().get(hash);
    if (existing !== undefined) return { id: existing as number, isNew: false };
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO run (record_sha256, started_at, finished_at, status, exit_code, sentence, environment, source, recorded_at, record)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[hash, record.startedAt, record.finishedAt, record.status, record.verdict.exitCode],
        ...[record.verdict.sentence, JSON.stringify(record.environment), source ?? null],
        ...[now.toISOString(), packed],
      );
    insertFigures(database, lastInsertRowid, record);
    return { id: Number(lastInsertRowid), isNew: true };
  });
  return namingFailures(file, 'write to', () => insert.immediate());
}
