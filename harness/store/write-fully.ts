import type { FileHandle } from 'node:fs/promises';
import { BadDataError } from '../errors.ts';

/**
 * Writes all of `bytes` at a place of a file, which one call of the system need not do, and on a disk that fills up does not.
 * @throws BadDataError naming the file; it may hold a part of them then.
 */
export async function writeFully(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** What the system refused, as a sentence for the user of a run folder. */
export function unwritable(path: string, error: unknown): BadDataError {
  const code = (error as NodeJS.ErrnoException).code;
  const why = WHY[code ?? ''] ?? 'make it possible to write there';
  return new BadDataError(
    `cannot write ${path} (${code ?? (error as Error).message}): ${why}, then go on with mlu-parity run --resume`,
    { cause: error },
  );
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full, free some space',
  EDQUOT: 'your share of the disk is used up, free some space',
  EFBIG: 'the file is larger than the limit of this session allows (ulimit -f)',
  EROFS: 'the disk is read-only, mount it for writing',
  EACCES: 'you may not write there, change its permissions',
  EPERM: 'you may not write there, change its permissions',
};
