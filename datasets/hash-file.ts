import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface HashedFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Called with the length of each piece that was read. */
  readonly onBytes?: (count: number) => void;
}

/** Hash and length of a file of any size. */
export async function hashFile(path: string, { signal, onBytes }: HashOptions = {}): Promise<HashedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, {
    highWaterMark: 2 ** 20,
    ...(signal ? { signal } : {}),
  })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    onBytes?.((chunk as Buffer).length);
  }
  return { sha256: hash.digest('hex'), bytes };
}
