import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FetchTools } from './fetch-tools.ts';

/** Smaller files are read in no time: a bar for them would only flicker. */
const SHOWN_FROM = 32 * 2 ** 20;

/** SHA-256 of a file, hexadecimal, and its length. */
export async function hashFile(
  path: string,
  label: string,
  { observer, signal }: Pick<FetchTools, 'observer' | 'signal'>,
): Promise<{ sha256: string; bytes: number }> {
  const { size } = await stat(path);
  const shown = size >= SHOWN_FROM;
  if (shown) observer.start(`checking ${label}`, { total: size, done: 0, unit: 'bytes' });
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (shown) observer.advance((chunk as Buffer).length);
    }
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    if (shown) observer.stop();
  }
}
