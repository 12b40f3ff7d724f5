import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { FetchTools } from './fetch-tools.ts';

const LOOK_AGAIN_MS = 500;
/** A lock without an owner is one whose writer ended between two system calls. */
const EMPTY_STALE_MS = 10_000;

/**
 * Does `work` while no other process does the same to `path`: by a file `<path>.lock` that only one can create. The lock
 * of a process of this machine that is no more is taken over; of another machine's nothing can be known, and it is waited for.
 */
export async function withLock<T>(path: string, tools: FetchTools, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  for (let told = false; !(await takeLock(lock)); ) {
    const owner = await readOwner(lock, tools.timers.now());
    if (owner === 'gone') continue;
    if (owner === 'stale') {
      await takeAway(lock);
      continue;
    }
    if (!told && owner !== 'unnamed') {
      tools.observer.note(`waiting for ${owner}, which is at the same file; if it is not, delete ${lock}`);
      told = true;
    }
    await tools.timers.sleep(LOOK_AGAIN_MS, tools.signal);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    try {
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** `unnamed` is one that is about to write its name into the lock. */
async function readOwner(lock: string, now: number): Promise<string> {
  let text: string;
  let writtenAt: number;
  try {
    text = await readFile(lock, 'utf8');
    writtenAt = (await stat(lock)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
  const { pid, host } = parseOwner(text);
  if (pid === undefined) return now - writtenAt > EMPTY_STALE_MS ? 'stale' : 'unnamed';
  if (host !== hostname()) return `process ${pid} of ${host}`;
  return isAlive(pid) ? `process ${pid}` : 'stale';
}

function parseOwner(text: string): { pid?: number; host?: string } {
  try {
    const { pid, host } = JSON.parse(text);
    return Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' ? { pid, host } : {};
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** By renaming, which of two that see the same stale lock only one can do. */
async function takeAway(lock: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  await rename(lock, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(aside, { force: true });
}
