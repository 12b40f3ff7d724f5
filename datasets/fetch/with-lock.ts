import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { FetchTools } from './fetch-tools.ts';

const LOOK_AGAIN_MS = 500;

/**
 * Does `work` while no other process does the same to `path`. The lock of a process of this machine that is no more is
 * taken over; of another machine's nothing can be known, and it is waited for.
 *
 * The lock is a folder `<path>.lock` with one file, whose name says who holds it and is never used again. The folder is
 * filled under another name and renamed, which puts it in the place of none or of an empty one, and never of a full one.
 * Whoever takes away the file of a process that has ended, however late, takes away no other process's.
 *
 * @throws DatasetError when something else is at `<path>.lock`
 */
export async function withLock<T>(path: string, tools: FetchTools, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const own = markOf(process.pid, hostname());
  for (let told = false; ; ) {
    const mark = await readMark(lock);
    if (mark === undefined) {
      if (await take(lock, own)) break;
      continue;
    }
    const owner = livingOwner(mark);
    if (owner === undefined) {
      await rm(join(lock, mark), { force: true });
      continue;
    }
    if (!told) {
      tools.observer.note(`waiting for ${owner}, which is at the same file; if it is not, delete ${lock}`);
      told = true;
    }
    await tools.timers.sleep(LOOK_AGAIN_MS, tools.signal);
  }
  try {
    return await work();
  } finally {
    await rm(join(lock, own), { force: true });
    await removeIfEmpty(lock);
  }
}

/** Name of a file that stands for a process at a lock, another one each time. */
const markOf = (pid: number, host: string): string => `${pid}-${randomUUID()}-${encodeURIComponent(host)}`;

/** The owner's mark; undefined where nobody holds the lock. */
async function readMark(lock: string): Promise<string | undefined> {
  try {
    return (await readdir(lock))[0];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) !== 'ENOTDIR') throw error;
    throw new DatasetError(`cannot lock ${lock}: there is a file of that name; move it away`, {
      cause: error,
    });
  }
}

/** @returns false when another process was faster */
async function take(lock: string, mark: string): Promise<boolean> {
  const filled = `${lock}.${mark}`;
  await mkdir(filled);
  try {
    await writeFile(join(filled, mark), '');
    // Not every system puts a folder in the place of an empty one.
    await removeIfEmpty(lock);
    await rename(filled, lock);
    return true;
  } catch (error) {
    await rm(filled, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return false;
    // What Windows says of a full folder.
    if (codeOf(error) === 'EPERM' && (await stat(lock).catch(() => undefined))) return false;
    throw error;
  }
}

async function removeIfEmpty(lock: string): Promise<void> {
  await rmdir(lock).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(codeOf(error))) throw error;
  });
}

/** The owner in words; undefined when it has ended. */
function livingOwner(mark: string): string | undefined {
  const [, pid, host] = /^([1-9]\d{0,14})-[0-9a-f-]{36}-(.+)$/.exec(mark) ?? [];
  if (pid === undefined || host === undefined) return `the owner of ${JSON.stringify(mark)}`;
  if (host !== encodeURIComponent(hostname())) return `process ${pid} of ${host}`;
  return isAlive(Number(pid)) ? `process ${pid}` : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
