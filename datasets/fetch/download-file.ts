import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { makeFolder } from '../make-folder.ts';
import type { Checked } from './checked.ts';
import type { FetchTools } from './fetch-tools.ts';
import { formatBytes } from './format-bytes.ts';
import { hashWithBar } from './hash-with-bar.ts';
import { PartFile } from './part-file.ts';
import { backoffMs, MAX_FAILURES, MAX_WAIT_MS } from './retry.ts';
import { transfer, type Wanted } from './transfer.ts';
import { TransferFailure } from './transfer-failure.ts';
import { withLock } from './with-lock.ts';

export interface DownloadRequest extends Wanted {
  /** Addresses of the same bytes, tried in this order. */
  readonly urls: readonly string[];
  readonly path: string;
  /** Looks into a file for which no hash is published; throws DatasetError when it is not whole. */
  readonly inspect?: (path: string) => Promise<void>;
}

export interface DownloadedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal, of the bytes on the disk. */
  readonly sha256: string;
  /** By that hash, where it is published; otherwise the file was looked into. */
  readonly checked: Exclude<Checked, 'hash-when-fetched'>;
  /** Nothing had to be fetched. */
  readonly alreadyThere: boolean;
}

/**
 * Brings one file to its place: into `<path>.part`, checked, then renamed, so that a file under its own name is a whole
 * one. A file that is there is checked and left alone. Of two processes one fetches and the other waits.
 *
 * @throws DatasetError when no address gives the right file, or another file is in its place
 * @throws AbortError at the signal; the part is kept, and the next call goes on from it
 */
export async function downloadFile(request: DownloadRequest, tools: FetchTools): Promise<DownloadedFile> {
  const there = await checkExisting(request, tools);
  if (there) return there;
  await makeFolder(dirname(request.path));
  return withLock(request.path, tools, async () => {
    const meanwhile = await checkExisting(request, tools);
    if (meanwhile) return meanwhile;
    const part = new PartFile(request.path);
    // A part may be of an earlier run and of anything: when what it grew into is wrong, it is fetched once from scratch.
    const resumed = (await part.size()) > 0;
    try {
      return await fetchWhole(request, part, tools);
    } catch (error) {
      if (!(error instanceof WrongFile)) throw error;
      if (!resumed) throw new DatasetError(error.message);
    }
    tools.observer.note(`${request.label}: the part from an earlier run was wrong; starting again`);
    try {
      return await fetchWhole(request, part, tools);
    } catch (error) {
      throw error instanceof WrongFile ? new DatasetError(error.message) : error;
    }
  });
}

/** What arrived is not what it should be. */
class WrongFile extends Error {}

async function fetchWhole(
  request: DownloadRequest,
  part: PartFile,
  tools: FetchTools,
): Promise<DownloadedFile> {
  await fetchFromAny(request, part, tools);
  const found = await hashWithBar(part.partPath, request.label, tools);
  const wrong = await whatIsWrong(request, part.partPath, found);
  if (wrong !== undefined) {
    await part.remove();
    throw new WrongFile(
      `cannot use what came for ${request.label}: ${wrong}; the server or something on the way gave another file, ` +
        'so it was deleted: try again, or another --mirror',
    );
  }
  await part.finish();
  return { path: request.path, ...found, checked: checkOf(request), alreadyThere: false };
}

async function checkExisting(
  request: DownloadRequest,
  tools: FetchTools,
): Promise<DownloadedFile | undefined> {
  const { path } = request;
  if (
    !(await access(path).then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  const found = await hashWithBar(path, request.label, tools);
  const wrong = await whatIsWrong(request, path, found);
  if (wrong !== undefined) {
    throw new DatasetError(
      `cannot fetch to ${path}: there is another file, of which ${wrong}; it is left alone: move it away, or give another folder`,
    );
  }
  return { path, ...found, checked: checkOf(request), alreadyThere: true };
}

const checkOf = ({ sha256 }: DownloadRequest): DownloadedFile['checked'] =>
  sha256 === undefined ? 'content' : 'published-hash';

async function whatIsWrong(
  { bytes, sha256, inspect }: DownloadRequest,
  path: string,
  found: { readonly bytes: number; readonly sha256: string },
): Promise<string | undefined> {
  if (bytes !== undefined && found.bytes !== bytes)
    return `the size is ${found.bytes} and not ${bytes} bytes`;
  if (sha256 !== undefined && found.sha256 !== sha256) {
    return `the SHA-256 is ${found.sha256} and not the published ${sha256}`;
  }
  try {
    await inspect?.(path);
  } catch (error) {
    if (error instanceof DatasetError) return `it is said: ${error.message}`;
    throw error;
  }
  return undefined;
}

async function fetchFromAny(request: DownloadRequest, part: PartFile, tools: FetchTools): Promise<void> {
  const failures: string[] = [];
  for (const url of request.urls) {
    try {
      await fetchPatiently(url, request, part, tools);
      return;
    } catch (error) {
      if (!(error instanceof TransferFailure)) throw error;
      failures.push(`${url}: ${error.message}`);
    }
  }
  const kept = await part.size();
  throw new DatasetError(
    `cannot fetch ${request.label}: ${failures.join('; ')}; ` +
      (kept > 0
        ? `the ${formatBytes(kept)} that came are kept, and the same command goes on from there`
        : 'check the network and the proxy, or give --mirror'),
  );
}

/** Asks one address again after what may pass, longer and longer apart; what brought something on starts the count anew. */
async function fetchPatiently(
  url: string,
  request: DownloadRequest,
  part: PartFile,
  tools: FetchTools,
): Promise<void> {
  for (let failures = 0, best = await part.size(); ; ) {
    try {
      await transfer(url, part, request, tools);
      return;
    } catch (error) {
      if (!(error instanceof TransferFailure) || !error.retryable) throw error;
      const have = await part.size();
      failures = have > best ? 1 : failures + 1;
      best = Math.max(best, have);
      if (failures >= MAX_FAILURES || error.waitMs > MAX_WAIT_MS) throw error;
      const wait = Math.max(backoffMs(failures), error.waitMs);
      tools.observer.note(
        `${request.label}: ${error.message}; again in ${Math.ceil(wait / 1000)} s` +
          (have > 0 ? `, from ${formatBytes(have)} on` : ''),
      );
      await tools.timers.sleep(wait, tools.signal);
    }
  }
}
