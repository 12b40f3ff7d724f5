import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a whole file so that a reader sees either the old content or the new, never a part: to a temporary name in
 * the same folder, flushed to the disk, then renamed. When writing fails the temporary file is removed.
 */
export async function writeFileAtomically(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    // What the system says of an open file is of no path; nobody knows the temporary one.
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}
