import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HashedFile, type HashOptions, hashFile } from './hash-file.ts';
import { sha256 } from './sha256.ts';

/** A list of the files of a folder with their hashes, written when they were whole, by which they are checked later. */
export interface ListedFile {
  /** Below the folder of the list, with `/`. */
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** As `sha256sum` prints and `sha256sum -c` reads it, so that another machine can compare without this program. */
export const formatChecksums = (files: readonly ListedFile[]): string =>
  files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');

/** One hash for all files: SHA-256 of their list in `sha256sum`'s format, by path. */
export const hashOfList = (files: readonly ListedFile[]): string =>
  sha256(formatChecksums([...files].sort((a, b) => (a.path < b.path ? -1 : 1))));

/** @returns undefined when there is no list, or it is none that this program wrote */
export async function readChecksums(path: string): Promise<ListedFile[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const lines = text
    ?.split('\n')
    .slice(0, -1)
    .map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line));
  if (!lines || lines.length === 0 || lines.includes(null)) return undefined;
  return lines.map((match) => ({ sha256: match![1]!, path: match![2]! }));
}

/** What a listed file is now; undefined where it is missing. */
export async function findListed(
  folder: string,
  { path, sha256 }: ListedFile,
  options: HashOptions = {},
): Promise<(HashedFile & { readonly state: 'whole' | 'changed' }) | undefined> {
  const full = join(folder, path);
  if (!(await stat(full).catch(() => undefined))?.isFile()) return undefined;
  const found = await hashFile(full, options);
  return { ...found, state: found.sha256 === sha256 ? 'whole' : 'changed' };
}
