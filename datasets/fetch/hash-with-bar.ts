import { stat } from 'node:fs/promises';
import { type HashedFile, hashFile } from '../hash-file.ts';
import type { FetchTools } from './fetch-tools.ts';

/** Smaller files are read in no time: a bar for them would only flicker. */
const SHOWN_FROM = 32 * 2 ** 20;

/** `hashFile`, with a bar for a file that takes a while. */
export async function hashWithBar(
  path: string,
  label: string,
  { observer, signal }: FetchTools,
): Promise<HashedFile> {
  const { size } = await stat(path);
  if (size < SHOWN_FROM) return hashFile(path, { signal });
  observer.start(`checking ${label}`, { total: size, done: 0, unit: 'bytes' });
  try {
    return await hashFile(path, { signal, onBytes: (count) => observer.advance(count) });
  } finally {
    observer.stop();
  }
}
