import { join } from 'node:path';
import { type HeldLock, tryLock } from '../../datasets/fetch/with-lock.ts';
import { UsageError } from '../errors.ts';
import { unwritable } from './write-fully.ts';

/** Inside the folder, which may be all that can be written to. */
export const LOCK = 'run.lock';

/**
 * Keeps other processes out of a run folder.
 * @throws UsageError when one is at it that lives; BadDataError where nothing can be written.
 */
export async function lockRunFolder(folder: string): Promise<HeldLock> {
  const path = join(folder, LOCK);
  const lock = await tryLock(path.slice(0, -'.lock'.length)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined ? error : unwritable(path, error);
  });
  if (typeof lock !== 'string') return lock;
  throw new UsageError(
    `cannot write to ${folder}: ${lock} is at it; wait for it to end, or, if it has ended, delete ${path}`,
  );
}
