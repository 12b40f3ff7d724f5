import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256 } from '../../../datasets/sha256.ts';
import { BadDataError } from '../../errors.ts';
import { namingFailures } from './history-error.ts';
import type { History } from './open-history.ts';

/** A text that is kept with a run: detections, or the ground truth they are held against. */
export interface KeptFile {
  readonly name: string;
  readonly text: string;
}

/** Inside a transaction of the caller. */
export function insertKeptFiles({ database }: History, run: number, files: readonly KeptFile[]): void {
  const insert = database.prepare(
    `INSERT INTO kept_file (run, name, sha256, content) VALUES (?, ?, ?, ?)
     ON CONFLICT (run, name) DO UPDATE SET sha256 = excluded.sha256, content = excluded.content`,
  );
  for (const { name, text } of files) insert.run(run, name, sha256(text), gzipSync(text));
}

/** Takes away what is kept of runs that are no baseline any more, inside a transaction of the caller. */
export function dropKeptFiles({ database }: History): void {
  database.exec('DELETE FROM kept_file WHERE run NOT IN (SELECT run FROM baseline)');
}

/** Hash of what is kept under a name, without reading it; null where there is nothing. */
export function hashOfKeptFile({ database, file }: History, run: number, name: string): string | null {
  return namingFailures(file, 'read', () => {
    const found = database
      .prepare('SELECT sha256 FROM kept_file WHERE run = ? AND name = ?')
      .pluck()
      .get(run, name);
    return (found as string | undefined) ?? null;
  });
}

/**
 * The text as it was kept.
 * @throws BadDataError where it is not there, or no longer what was kept.
 */
export function readKeptFile({ database, file }: History, run: number, name: string): string {
  const row = namingFailures(file, 'read', () =>
    database
      .prepare<[number, string], { sha256: string; content: Buffer }>(
        'SELECT sha256, content FROM kept_file WHERE run = ? AND name = ?',
      )
      .get(run, name),
  );
  if (row === undefined) {
    throw new BadDataError(
      `the history ${file} has no ${name} of run ${run}: ${SET_AGAIN}, since it was set without its detections`,
    );
  }
  let text: string | null = null;
  try {
    text = gunzipSync(row.content).toString('utf8');
  } catch {
    // Bytes that are no gzip any more are as wrong as those of another text.
  }
  if (text !== null && sha256(text) === row.sha256) return text;
  throw new BadDataError(
    `${name} of run ${run} in the history ${file} is not what was kept: restore a copy of the history, or ${SET_AGAIN}`,
  );
}

const SET_AGAIN = 'set the baseline anew (mlu-parity history baseline)';
