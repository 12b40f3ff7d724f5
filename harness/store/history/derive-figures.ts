import type Database from 'better-sqlite3';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { canonicalJson, hashOfJson } from './canonical-json.ts';
import { FIGURES_VERSION, figuresOfRecord } from './figures-of-record.ts';
import { unpackRecord } from './packed-record.ts';

/** Takes the figures of all runs from their records again, inside a transaction of the caller. */
export function deriveFigures(database: Database.Database): void {
  database.exec('DELETE FROM figure; DELETE FROM series;');
  const ids = database.prepare('SELECT id FROM run ORDER BY id').pluck().all() as number[];
  const recordOf = database.prepare('SELECT record FROM run WHERE id = ?').pluck();
  for (const id of ids) {
    const text = unpackRecord(recordOf.get(id) as Buffer);
    insertFigures(database, id, parseRunRecord(JSON.parse(text)));
  }
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
