import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 of each file of a folder, hexadecimal, by path inside it. */
export type Checksums = Readonly<Record<string, string>>;

/** Written last, and not in the list itself. */
export const CHECKSUMS_FILE = 'checksums.json';

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Whether a folder holds exactly these files, their list, and each as it was written. */
export async function isIntact(folder: string, paths: readonly string[]): Promise<boolean> {
  try {
    const listed = JSON.parse(await readFile(join(folder, CHECKSUMS_FILE), 'utf8')) as Checksums;
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    if (found.filter((entry) => !entry.isDirectory()).length !== paths.length + 1) return false;
    if (Object.keys(listed).length !== paths.length) return false;
    for (const path of paths) {
      if (sha256(await readFile(join(folder, path))) !== listed[path]) return false;
    }
    return true;
  } catch (error) {
    // Missing files and a list that is none are what is looked for here; whatever else is wrong shows when it is written.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return false;
    throw error;
  }
}
