import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Over Linux's highest possible process id. */
export const ENDED = 2 ** 22 + 1;

/** A lock at `path` as a process leaves it that ends in the middle of its work. */
export async function lockOf(path: string, pid: number, host = hostname()): Promise<void> {
  await mkdir(`${path}.lock`);
  await writeFile(join(`${path}.lock`, `${pid}-${randomUUID()}-${host}`), '');
}
