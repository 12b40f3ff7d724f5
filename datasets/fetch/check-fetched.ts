import { join } from 'node:path';
import { findListed, type ListedFile } from '../checksum-list.ts';
import { DatasetError } from '../dataset-error.ts';
import type { FetchTools } from './fetch-tools.ts';

/**
 * Whether every file of the list is there as it was fetched.
 * @returns their bytes, or undefined when one is missing
 * @throws DatasetError naming a file that has changed: what is wrong with it is for its owner to say
 */
export async function checkFetched(
  folder: string,
  files: readonly ListedFile[],
  { observer, signal }: FetchTools,
): Promise<number | undefined> {
  let bytes = 0;
  observer.start('checking files', { total: files.length, done: 0, unit: 'count' });
  try {
    for (const file of files) {
      signal.throwIfAborted();
      const found = await findListed(folder, file, { signal });
      if (found === undefined) return undefined;
      if (found.state === 'changed') {
        throw new DatasetError(
          `cannot use ${join(folder, file.path)}: it has changed since it was fetched (SHA-256 ${found.sha256}, then ${file.sha256}); delete it and run the same command again`,
        );
      }
      bytes += found.bytes;
      observer.advance(1);
    }
    return bytes;
  } finally {
    observer.stop();
  }
}
