import { existsSync, openSync, readFileSync, readSync, closeSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { makeFolder } from '../../../datasets/make-folder.ts';
import { BadDataError, UsageError } from '../../errors.ts';
import { DAMAGED, namingFailures } from './history-error.ts';
import { loadSqlite } from './load-sqlite.ts';
import { migrate } from './migrate.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

/** An open history. */
export interface History {
  readonly file: string;
  readonly database: Database.Database;
  close(): void;
}

export interface OpenHistoryOptions {
  /** To read, nothing is made or changed, but that an older file is brought to the present schema; to change, it is there already. */
  readonly mode: 'read' | 'change' | 'write';
  /** How long another process is waited for; default 5,000. */
  readonly busyMs?: number;
}

export const DEFAULT_HISTORY = '.mlu-parity/history.sqlite';
const BUSY_MS = 5000;

/**
 * Opens the one file of a history, to write also one that is not there yet. Whatever is there and is no whole history is
 * left as it is.
 * @throws BadDataError for a file that is damaged, of something else, of a newer version, held by another process, or
 *   refused by the system; UsageError where a folder for it cannot be made.
 */
export async function openHistory(file: string, options: OpenHistoryOptions): Promise<History> {
  if (options.mode !== 'write' && !existsSync(file)) {
    throw new BadDataError(
      `there is no history at ${file}: record runs first, mlu-parity history import runs/*, or give --history FILE`,
    );
  }
  if (options.mode === 'write') await makeFolderFor(file);
  refuseOtherFile(file);
  const database = connect(file, options);
  try {
    namingFailures(file, options.mode === 'read' ? 'read' : 'write to', () => {
      database.pragma('foreign_keys = ON');
      refuseDamaged(file, database);
      const isUpToDate = versionOf(file, database) === MIGRATIONS.length && options.mode === 'read';
      if (!isUpToDate) bringUp(file, database);
      if (options.mode === 'read') database.pragma('query_only = ON');
    });
    return { file, database, close: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function makeFolderFor(file: string): Promise<void> {
  await makeFolder(dirname(file)).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `cannot make the folder of the history ${file} (${cause.code}): give --history FILE in a place that can be written to`,
      { cause },
    );
  });
}

/** A first look at the file itself: SQLite takes what is shorter than a page for new. */
function refuseOtherFile(file: string): void {
  if (!existsSync(file)) return;
  const found = statSync(file);
  if (!found.isFile()) {
    throw new BadDataError(
      `cannot use ${file} as a history: it is a folder, or no file; give --history FILE`,
    );
  }
  const { size } = found;
  if (size === 0) return;
  const start = Buffer.alloc(HEADER.length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  if (size >= LEAST_SIZE && start.equals(HEADER)) return;
  throw new BadDataError(
    `cannot use ${file} as a history: it is no SQLite file, or half of one; give another --history FILE, or move it away`,
  );
}

const HEADER = Buffer.from('SQLite format 3\0');
const LEAST_SIZE = 512;

/**
 * To read, too, SQLite opens a file for writing where the system lets it, since only then does the last one to close it take the log
 * and its index away that stand beside it meanwhile; `query_only` keeps it from changing anything.
 */
function connect(file: string, { mode, busyMs = BUSY_MS }: OpenHistoryOptions): Database.Database {
  const isToRead = mode === 'read';
  return namingFailures(file, isToRead ? 'read' : 'write to', () => {
    const database = new (loadSqlite())(file, { fileMustExist: mode !== 'write', timeout: busyMs });
    try {
      database.pragma('schema_version');
      return database;
    } catch (error) {
      database.close();
      const settled = !existsSync(`${file}-wal`) || statSync(`${file}-wal`).size === 0;
      if (
        isToRead &&
        settled &&
        /^SQLITE_(CANTOPEN|READONLY)/.test((error as { code?: string }).code ?? '')
      ) {
        return inMemory(file);
      }
      throw error;
    }
  });
}

/** A folder that cannot be written to has no place for the files SQLite keeps beside a file while it reads it. */
function inMemory(file: string): Database.Database {
  const bytes = readFileSync(file);
  // The two bytes of the header that say a write-ahead log is kept, which memory has none of.
  bytes.fill(1, 18, 20);
  return new (loadSqlite())(bytes);
}

function refuseDamaged(file: string, database: Database.Database): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found === 'ok') return;
  // Lines of SQLite's own, which tell its authors more than anybody here.
  throw new BadDataError(`cannot use the history ${file}: ${DAMAGED}`, { cause: new Error(String(found)) });
}

/** @throws BadDataError for a file of something else, or a newer version than this program knows. */
function versionOf(file: string, database: Database.Database): number {
  const version = database.pragma('user_version', { simple: true }) as number;
  const application = database.pragma('application_id', { simple: true });
  const tables = database.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  const isNew = version === 0 && application === 0 && tables === 0;
  if (application !== APPLICATION_ID && !isNew) {
    throw new BadDataError(
      `cannot use ${file} as a history: it is an SQLite file of something else; give another --history FILE`,
    );
  }
  if (version > MIGRATIONS.length) {
    throw new BadDataError(
      `cannot use the history ${file}: it is of version ${version} and this mlu-parity knows ${MIGRATIONS.length}; install the newer mlu-parity that wrote it, or give another --history FILE`,
    );
  }
  return version;
}

function bringUp(file: string, database: Database.Database): void {
  if (!database.memory) keepWriteAheadLog(database);
  // A run that was recorded is still there when the power fails.
  database.pragma('synchronous = FULL');
  migrate(file, database, () => versionOf(file, database));
}

/** Two processes that make one file at the same time: SQLite does not wait here by itself. */
function keepWriteAheadLog(database: Database.Database): void {
  const until = Date.now() + BUSY_MS;
  while (database.pragma('journal_mode', { simple: true }) !== 'wal') {
    try {
      database.pragma('journal_mode = WAL');
    } catch (error) {
      if (!/^SQLITE_(BUSY|LOCKED)/.test((error as { code?: string }).code ?? '') || Date.now() > until)
        throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
