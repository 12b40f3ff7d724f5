import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { FetchTools } from './fetch-tools.ts';

const LOOK_AGAIN_MS = 500;

/** Given back by `release`, which never fails for a lock that was deleted by hand. */
export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of `path` unless another process has it.
 *
 * The lock is a folder `<path>.lock` with one file, whose name says who holds it and is never used again. The folder is
 * filled under another name and renamed, which puts it in the place of none or of an empty one, and never of a full one.
 * Whoever takes away the file of a process that has ended, however late, takes away no other process's.
 *
 * @returns the owner in words where it is held by a process that lives, as far as can be known
 * @throws DatasetError when something else is at `<path>.lock`
 */
export async function tryLock(path: string): Promise<HeldLock | string> {
  const lock = `${path}.lock`;
  const own = markOf(process.pid, hostname());
  try {
    return await takeFrom(lock, own);
  } catch (error) {
    held.delete(own);
    throw error;
  }
}

async function takeFrom(lock: string, own: string): Promise<HeldLock | string> {
  for (;;) {
    const mark = await readMark(lock);
    if (mark === undefined) {
      // Known before it can be seen: another call of this process must not take it for an earlier process's.
      held.add(own);
      if (!(await take(lock, own))) continue;
      return {
        async release() {
          held.delete(own);
          await rm(join(lock, own), { force: true });
          await removeIfEmpty(lock);
        },
      };
    }
    const owner = await livingOwner(lock, mark);
    if (owner !== undefined) {
      held.delete(own);
      return owner;
    }
    await rm(join(lock, mark), { force: true });
  }
}

/**
 * Does `work` while no other process does the same to `path`. The lock of a process of this machine that is no more is
 * taken over; of another machine's nothing can be known, and it is waited for.
 *
 * @throws DatasetError when something else is at `<path>.lock`
 */
export async function withLock<T>(path: string, tools: FetchTools, work: () => Promise<T>): Promise<T> {
  let lock = await tryLock(path);
  for (let told = false; typeof lock === 'string'; lock = await tryLock(path)) {
    if (!told) {
      tools.observer.note(
        `waiting for ${lock}, which is at the same file; if it is not, delete ${path}.lock`,
      );
      told = true;
    }
    await tools.timers.sleep(LOOK_AGAIN_MS, tools.signal);
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Marks of this process. One with its number that is none of them is of an earlier process: numbers are used again. */
const held = new Set<string>();

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
    await writeFile(join(filled, mark), (await birthOf(process.pid)) ?? '');
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
async function livingOwner(lock: string, mark: string): Promise<string | undefined> {
  const [, pid, host] = /^([1-9]\d{0,14})-[0-9a-f-]{36}-(.+)$/.exec(mark) ?? [];
  if (pid === undefined || host === undefined) return `the owner of ${JSON.stringify(mark)}`;
  if (host !== encodeURIComponent(hostname())) return `process ${pid} of ${host}`;
  const known = Number(pid) === process.pid ? held.has(mark) : isAlive(Number(pid));
  if (!known) return undefined;
  const birth = await readFile(join(lock, mark), 'utf8').catch(() => '');
  const today = await birthOf(Number(pid));
  // The number is another process's by now.
  if (birth !== '' && today !== undefined && birth !== today) return undefined;
  return `process ${pid}`;
}

/** When a process began, as Linux counts it, and since which start of the machine; undefined where nothing says so. */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
    // Behind the name, which may hold anything, stand the state and 18 numbers before the time of the start.
    return `${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]} ${boot.trim()}`;
  } catch {
    return undefined;
  }
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
