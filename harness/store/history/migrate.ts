import type Database from 'better-sqlite3';
import { FIGURES_VERSION } from './figures-of-record.ts';
import { deriveFigures } from './derive-figures.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/**
 * Brings a file to the present schema, step by step in one transaction: it is at the old version or at the new one, whatever
 * happens. Figures that another version took from the records are taken again.
 * @param currentVersion looks again: another process may have been faster.
 */
export function migrate(file: string, database: Database.Database, currentVersion: () => number): void {
  const isUpToDate = (): boolean =>
    currentVersion() === MIGRATIONS.length && figuresVersion(database) === FIGURES_VERSION;
  if (isUpToDate()) return;
  database
    .transaction(() => {
      for (let version = currentVersion(); version < MIGRATIONS.length; version++) {
        database.exec(MIGRATIONS[version]!);
        database.pragma(`user_version = ${version + 1}`);
      }
      database.pragma(`application_id = ${APPLICATION_ID}`);
      if (figuresVersion(database) !== FIGURES_VERSION) deriveFigures(file, database);
    })
    .immediate();
}

function figuresVersion(database: Database.Database): number {
  return database.prepare('SELECT version FROM figures_version').pluck().get() as number;
}
