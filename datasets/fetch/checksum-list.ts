import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { FetchTools } from './fetch-tools.ts';
import { hashFile } from './hash-file.ts';

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
export function hashOfList(files: readonly ListedFile[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return createHash('sha256').update(formatChecksums(sorted)).digest('hex');
}

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

/**
 * Whether every file of the list is there as it was; `missing` when one is not.
 * @throws DatasetError naming a file that has changed: what is wrong with it is for its owner to say
 */
export async function checkChecksums(
  folder: string,
  files: readonly ListedFile[],
  tools: FetchTools,
): Promise<{ readonly state: 'missing' } | { readonly state: 'whole'; readonly bytes: number }> {
  const { observer } = tools;
  let bytes = 0;
  observer.start('checking files', { total: files.length, done: 0, unit: 'files' });
  try {
    for (const { path, sha256 } of files) {
      tools.signal.throwIfAborted();
      const full = join(folder, path);
      if (!(await stat(full).catch(() => undefined))?.isFile()) return { state: 'missing' };
      const found = await hashFile(full, path, withoutBar(tools));
      if (found.sha256 !== sha256) {
        throw new DatasetError(
          `cannot use ${full}: it has changed since it was fetched (SHA-256 ${found.sha256}, then ${sha256}); delete it and run the same command again`,
        );
      }
      bytes += found.bytes;
      observer.advance(1);
    }
    return { state: 'whole', bytes };
  } finally {
    observer.stop();
  }
}

/** One bar is enough: the one of all files. */
const withoutBar = (tools: FetchTools): Pick<FetchTools, 'observer' | 'signal'> => ({
  signal: tools.signal,
  observer: { start() {}, advance() {}, stop() {}, note: tools.observer.note },
});
