import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a whole file so that a reader sees either the old content or the new, never a part: to a temporary name in
 * the same folder, flushed to the disk, then renamed. When writing fails the temporary file is removed.
 */
export async function writeFileAtomically(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
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

/** The same where nothing can be waited for. */
export function writeFileAtomicallySync(path: string, data: Uint8Array | string): void {
  const temporary = temporaryName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}

const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
