import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../datasets/make-folder.ts';
import { suiteFolder } from '../support/suite-folder.ts';

const dir = suiteFolder();

test('makes what is missing, leaves what is there, and is not disturbed by another that does the same', async () => {
  const path = join(dir, 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
  await makeFolder(path);
});

test('a file in the way is an error, at the end and in the middle', async () => {
  const file = join(dir, 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(file, 'a', 'b'))).rejects.toThrow('ENOTDIR');
});

test.runIf(existsSync('/proc/self'))(
  'a folder that the system refuses as missing is an error at once',
  async () => {
    await expect(makeFolder('/proc/no-such-folder/a')).rejects.toThrow('ENOENT');
  },
);
