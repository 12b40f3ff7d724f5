import type Database from 'better-sqlite3';
import type { RunRecord } from '../../../reports/index.ts';
import { canonicalJson, hashOfJson } from './canonical-json.ts';
import { FIGURES_VERSION, figuresOfRecord } from './figures-of-record.ts';
import { type StoredRecord, unpackRecord } from './packed-record.ts';

/**
 * Takes the figures of all runs from their records again, inside a transaction of the caller.
 * @throws BadDataError where a record is no longer what was recorded.
 */
export function deriveFigures(file: string, database: Database.Database): void {
  database.exec('DELETE FROM figure; DELETE FROM series;');
  const ids = database.prepare('SELECT id FROM run ORDER BY id').pluck().all();
  const stored = database.prepare<[unknown], StoredRecord>(
    'SELECT id, record_sha256 AS recordSha256, record FROM run WHERE id = ?',
  );
  for (const id of ids) insertFigures(database, id as number, unpackRecord(file, stored.get(id)!));
  database.prepare('UPDATE figures_version SET version = ?').run(FIGURES_VERSION);
}

/** Inside a transaction of the caller. */
export function insertFigures(database: Database.Database, run: number | bigint, record: RunRecord): void {
  const addSeries = database.prepare(
    'INSERT INTO series (key_sha256, kind, backend, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const idOfSeries = database.prepare('SELECT id FROM series WHERE key_sha256 = ?').pluck();
  const addFigure = database.prepare(
    'INSERT INTO figure (run, series, metric, category, value, provenance) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const known = new Map<object, unknown>();
  for (const { key, metric, category, value, provenance } of figuresOfRecord(record)) {
    if (!known.has(key)) {
      const hash = hashOfJson(key);
      addSeries.run(hash, key.kind, key.backend, canonicalJson(key));
      known.set(key, idOfSeries.get(hash));
    }
    addFigure.run(run, known.get(key), metric, category, value, provenance);
  }
}
