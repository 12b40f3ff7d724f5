/** Says in the file's header that it is a history and not any SQLite file: `mlph` in ASCII. */
export const APPLICATION_ID = 0x6d6c7068;

/**
 * Steps from each version of the schema to the next; a file's `user_version` says how many it has had. A step that was
 * released is never changed: files made by it are about.
 */
export const MIGRATIONS: readonly string[] = [
  // 1: runs, each with its record as it was written.
  `CREATE TABLE run (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     record_sha256 TEXT NOT NULL UNIQUE,
     started_at TEXT NOT NULL,
     finished_at TEXT NOT NULL,
     status TEXT NOT NULL,
     exit_code INTEGER NOT NULL,
     sentence TEXT NOT NULL,
     environment TEXT NOT NULL,
     source TEXT,
     recorded_at TEXT NOT NULL,
     record BLOB NOT NULL
   );
   CREATE INDEX run_by_time ON run (started_at, id);`,
  // 2: their figures, by series of what can be compared. Derived from the records: see figures_version.
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY,
     key_sha256 TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL,
     backend TEXT NOT NULL,
     key TEXT NOT NULL
   );
   CREATE TABLE figure (
     run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
     series INTEGER NOT NULL REFERENCES series (id),
     metric TEXT NOT NULL,
     category TEXT NOT NULL,
     value REAL,
     provenance TEXT NOT NULL,
     PRIMARY KEY (run, series, metric, category)
   ) WITHOUT ROWID;
   CREATE INDEX figure_by_metric ON figure (metric, category, series);
   CREATE TABLE figures_version (version INTEGER NOT NULL);
   INSERT INTO figures_version VALUES (0);`,
  // 3: baselines, and all that was ever done to them.
  `CREATE TABLE baseline (
     name TEXT PRIMARY KEY,
     run INTEGER NOT NULL REFERENCES run (id),
     reason TEXT NOT NULL,
     set_at TEXT NOT NULL,
     set_by TEXT NOT NULL
   );
   CREATE TABLE baseline_change (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL,
     record_sha256 TEXT NOT NULL,
     reason TEXT NOT NULL,
     set_at TEXT NOT NULL,
     set_by TEXT NOT NULL
   );`,
];
