import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';
import { BackendError } from '../../errors.ts';

let loaded: typeof Database | null = null;

/**
 * SQLite, which npm builds on the user's machine: where it could not, everything but the history works.
 * @throws BackendError where it is not there, or does not load.
 */
export function loadSqlite(): typeof Database {
  if (loaded) return loaded;
  try {
    const sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof Database;
    // The native part is looked for when the first database is opened.
    new sqlite(':memory:').close();
    loaded = sqlite;
    return sqlite;
  } catch (cause) {
    throw new BackendError(
      'cannot open a history: the package better-sqlite3 is not there, or was built for another Node; install make and a C++ compiler and run npm ci again',
      { cause },
    );
  }
}

/** What SQLite itself refused, which has a code such as `SQLITE_BUSY`. */
export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && /^SQLITE_/.test(String(error.code));
}
