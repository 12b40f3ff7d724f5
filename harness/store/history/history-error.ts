import { BadDataError } from '../../errors.ts';
import { isSqliteError } from './load-sqlite.ts';

/** What was done when SQLite refused, in words: `read`, `write to`. */
export type HistoryAction = 'read' | 'write to';

/**
 * Does `work` on a history and says in one sentence what SQLite refused: what it was, and what to do.
 * @throws BadDataError for what SQLite threw; everything else as it is.
 */
export function namingFailures<T>(file: string, action: HistoryAction, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isSqliteError(error)) throw historyError(file, action, error);
    throw error;
  }
}

function historyError(
  file: string,
  action: HistoryAction,
  cause: Error & { readonly code: string },
): BadDataError {
  const { code } = cause;
  const because = CAUSES.find(({ codes }) => codes.test(code));
  const sentence =
    because?.sentence ??
    `SQLite says "${cause.message.replace(/\s+/g, ' ')}"; check the disk, and restore a copy where the file is damaged`;
  return new BadDataError(`cannot ${action} the history ${file} (${code}): ${sentence}`, { cause });
}

export const DAMAGED =
  'the file is damaged; move it away and restore a copy, or record its runs again (mlu-parity history import runs/*), which brings back neither baselines nor verdicts of gates';

const CAUSES: readonly { readonly codes: RegExp; readonly sentence: string }[] = [
  {
    codes: /^SQLITE_(BUSY|LOCKED)/,
    sentence: 'another process is at it and did not let go in time; try again when that one is done',
  },
  { codes: /^SQLITE_(CORRUPT|NOTADB|FORMAT)|_SHORT_READ$/, sentence: DAMAGED },
  {
    codes: /^SQLITE_(FULL|IOERR_WRITE|IOERR_FSYNC|IOERR_SHMSIZE|IOERR_TRUNCATE)$/,
    sentence:
      'the disk is full, or takes no more of this file; make room and do it again: what was recorded before is kept',
  },
  {
    codes: /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|^SQLITE_IOERR_(DELETE|SHMOPEN|LOCK)$/,
    sentence:
      'it, or its folder, cannot be written to; check the permissions, or give --history FILE elsewhere',
  },
  // A constraint of the schema that a value of the file breaks was met by no release of this program.
  { codes: /^SQLITE_(CONSTRAINT|MISMATCH|ERROR|TOOBIG)/, sentence: DAMAGED },
];

/**
 * JSON of a column.
 * @throws BadDataError where it is none.
 */
export function parseStored(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadDataError(`cannot read the history ${file}: ${DAMAGED}`, { cause });
  }
}
