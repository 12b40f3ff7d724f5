import { readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tryLock, withLock } from '../../../datasets/fetch/with-lock.ts';
import { DatasetError } from '../../../datasets/index.ts';
import { scratchFolder } from '../scratch.ts';
import { fakeTools } from './fake-tools.ts';
import { ENDED, lockOf } from './lock-of.ts';

/** Waiters hold the lock this long, so that a second one inside would be seen. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('withLock', () => {
  test.each([
    ['a process that has ended', 200, ENDED],
    ['nobody', 50, undefined],
  ])(
    'a lock of %s and eight that want it, %i times: each gets its turn, never two inside',
    async (_, trials, pid) => {
      const dir = await scratchFolder();
      const tools = fakeTools();
      for (let trial = 0; trial < trials; trial++) {
        const path = join(dir, `${trial}`);
        if (pid !== undefined) await lockOf(path, pid);
        let inside = 0;
        let most = 0;
        let turns = 0;
        const work = async (): Promise<void> => {
          most = Math.max(most, ++inside);
          await turn();
          inside--;
          turns++;
        };
        await Promise.all(Array.from({ length: 8 }, () => withLock(path, tools, work)));
        expect({ trial, most, turns }).toEqual({ trial, most: 1, turns: 8 });
      }
      expect(await readdir(dir)).toEqual([]);
    },
  );

  test("one that ends leaves another's lock alone, where its own was deleted by hand", async () => {
    const path = join(await scratchFolder(), 'w');
    await withLock(path, fakeTools(), async () => {
      rmSync(`${path}.lock`, { recursive: true });
      await lockOf(path, 1, 'elsewhere');
    });
    expect(readdirSync(`${path}.lock`)).toEqual([expect.stringMatching(/^1-.*-elsewhere$/)]);
  });

  test.runIf(process.platform === 'linux')(
    'a lock of a process that has ended and whose number another one has by now is taken',
    async () => {
      const path = join(await scratchFolder(), 'w');
      await lockOf(path, process.ppid);
      const mark = join(`${path}.lock`, readdirSync(`${path}.lock`)[0]!);
      expect(await tryLock(path)).toBe(`process ${process.ppid}`);
      await writeFile(mark, '1 of-another-start-of-the-machine');
      const lock = await tryLock(path);
      expect(lock).not.toBeTypeOf('string');
      // Its own, and not another call's of the same process.
      expect(await tryLock(path)).toBe(`process ${process.pid}`);
      if (typeof lock !== 'string') await lock.release();
      expect(readdirSync(join(path, '..'))).toEqual([]);
    },
  );

  test('is given back when the work fails', async () => {
    const dir = await scratchFolder();
    const failing = withLock(join(dir, 'w'), fakeTools(), () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await readdir(dir)).toEqual([]);
  });

  test('a lock whose folder is empty is taken', async () => {
    const path = join(await scratchFolder(), 'w');
    await mkdir(`${path}.lock`);
    expect(await withLock(path, fakeTools(), async () => 'done')).toBe('done');
  });

  test('a lock with a strange file is waited for, and said', async () => {
    const path = join(await scratchFolder({ 'w.lock/strange': '' }), 'w');
    const tools = fakeTools();
    tools.onWait = () => rmSync(`${path}.lock/strange`);
    expect(await withLock(path, tools, async () => 'done')).toBe('done');
    expect(tools.notes).toEqual([expect.stringContaining('waiting for the owner of "strange", which is at')]);
  });

  test('a file in the place of the lock is said, and left alone', async () => {
    const dir = await scratchFolder();
    await writeFile(join(dir, 'w.lock'), hostname());
    const error = await withLock(join(dir, 'w'), fakeTools(), async () => 'done').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DatasetError);
    expect((error as Error).message).toMatch(/^cannot lock .*w\.lock: there is a file of that name; move it/);
    expect(await readdir(dir)).toEqual(['w.lock']);
  });
});
