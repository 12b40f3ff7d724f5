import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { hashFile } from '../../datasets/hash-file.ts';
import { BadDataError } from '../errors.ts';
import type { AgentConnection } from './agent-connection.ts';
import { hasFileResult, putFileResult } from './agent-messages.ts';
import type { AgentOptions } from './agent-options.ts';
import { checkedResult } from './checked-result.ts';

const PART_BYTES = 4 * 2 ** 20;

/** A file of this machine, as the agent knows it. */
export interface LocalFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** @throws BadDataError where there is no such file. */
export async function hashLocalFile(path: string, signal: AbortSignal): Promise<LocalFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(`cannot read ${path} (${error.code}): give an existing file`, { cause: error });
  });
  if (!found.isFile()) throw new BadDataError(`cannot send ${path} to an agent: it is no file`);
  return { path, ...(await hashFile(path, { signal })) };
}

/**
 * Sees to it that the agent has the file: sends it in parts of 4 MiB where it has not.
 * @throws AgentFailure, among others where the file was changed since it was hashed.
 */
export async function sendFile(
  connection: AgentConnection,
  { path, sha256, bytes }: LocalFile,
  { onProgress }: Pick<AgentOptions, 'onProgress'>,
): Promise<void> {
  const has = await connection.request('has-file', { sha256 });
  if (checkedResult(hasFileResult, 'has-file', has.result).present) return;
  const name = basename(path);
  const file = await open(path);
  try {
    let offset = 0;
    let complete = false;
    while (!complete) {
      const part = Buffer.allocUnsafeSlow(Math.min(PART_BYTES, bytes - offset));
      const { bytesRead } = await file.read(part, 0, part.length, offset);
      if (bytesRead < part.length) throw new BadDataError(`cannot send ${path}: it became shorter meanwhile`);
      const put = await connection.request(
        'put-file',
        { sha256, name, offset, total: bytes },
        { payloads: new Map([['part', part]]) },
      );
      offset += bytesRead;
      complete = checkedResult(putFileResult, 'put-file', put.result).complete;
      onProgress?.({ text: `sending ${name}`, done: offset, total: bytes, unit: 'bytes' });
      if (!complete && offset === bytes) {
        throw new BadDataError(`cannot send ${path}: the agent wants more than its ${bytes} bytes`);
      }
    }
  } finally {
    await file.close();
  }
}
