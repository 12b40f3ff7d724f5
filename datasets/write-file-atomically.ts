import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a whole file so that a reader sees either the old content or the new, never a part: to a temporary name in
 * the same folder, flushed to the disk, then renamed. When writing fails the temporary file is removed.
 *
 * A link stays one, and the file it leads to is replaced. What is no file, as `/dev/stdout`, is written into.
 */
export async function writeFileAtomically(path: string, data: Uint8Array | string): Promise<void> {
  const place = placeOf(path);
  if (place === null) {
    await writeFile(path, data, { flag: 'a' }).catch((error: unknown) => {
      throw named(error, path);
    });
    return;
  }
  const temporary = temporaryName(place);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw named(error, path);
  }
}

/** The same where nothing can be waited for. */
export function writeFileAtomicallySync(path: string, data: Uint8Array | string): void {
  const place = placeOf(path);
  if (place === null) {
    writeFileSync(path, data, { flag: 'a' });
    return;
  }
  const temporary = temporaryName(place);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw named(error, path);
  }
}

/** Where a file can be renamed to; null for what is no file, and for a link that leads to none yet. */
function placeOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (found === undefined) return isLink ? null : path;
  // A folder cannot be replaced, which the rename says.
  if (found.isDirectory()) return path;
  // Of `/dev/stdout` the file behind it is one that somebody else holds open.
  if (!found.isFile() || path.startsWith('/dev/')) return null;
  return isLink ? realpathSync(path) : path;
}

const temporaryName = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);

/** What the system says of an open file is of no path, and nobody knows the temporary one. */
function named(error: unknown, path: string): unknown {
  return Object.assign(error as NodeJS.ErrnoException, { path });
}
