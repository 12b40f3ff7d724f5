import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findListed, readChecksums } from '../checksum-list.ts';

/** Written last, and not in the list itself. */
export const CHECKSUMS_FILE = 'checksums.sha256';

/** Whether a folder holds exactly these files, their list, and each as it was written. */
export async function isIntact(folder: string, paths: readonly string[]): Promise<boolean> {
  try {
    const listed = await readChecksums(join(folder, CHECKSUMS_FILE));
    const expected = new Set(paths);
    if (listed?.length !== expected.size || listed.some(({ path }) => !expected.delete(path))) return false;
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    if (found.filter((entry) => !entry.isDirectory()).length !== paths.length + 1) return false;
    for (const file of listed) {
      if ((await findListed(folder, file))?.state !== 'whole') return false;
    }
    return true;
  } catch (error) {
    // A file in the place of the folder, or one that may not be read: what is wrong shows when it is written.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
