import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findListed, formatChecksums, hashOfList, readChecksums } from '../../datasets/checksum-list.ts';
import { sha256 } from '../../datasets/sha256.ts';
import { scratchFolder } from './scratch.ts';

const listed = fc.record({
  path: fc.stringMatching(/^[^\0\r\n\u2028\u2029]{1,30}$/),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});

describe('a checksum list', () => {
  test('is read as it was written, and its hash is that of the list by path, in whatever order', async () => {
    const path = join(await scratchFolder(), 'list.sha256');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(listed, { minLength: 1, maxLength: 8, selector: (file) => file.path }),
        async (files) => {
          await writeFile(path, formatChecksums(files));
          expect(await readChecksums(path)).toEqual(files);
          expect(hashOfList([...files].reverse())).toBe(hashOfList(files));
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each([
    ['empty', ''],
    ['without an end of line', 'a'.repeat(64)],
    ['of one space', `${'a'.repeat(64)} w\n`],
    ['of short hashes', `${'a'.repeat(63)}  w\n`],
    ['with another line', `${'a'.repeat(64)}  w\n# note\n`],
  ])('%s is none', async (_, content) => {
    const dir = await scratchFolder({ 'list.sha256': content });
    expect(await readChecksums(join(dir, 'list.sha256'))).toBeUndefined();
    expect(await readChecksums(join(dir, 'no-list'))).toBeUndefined();
  });

  test('tells a file that is whole, one that has changed, and one that is missing or a folder', async () => {
    const dir = await scratchFolder({ 'a/whole': 'abc', 'a/changed': 'abcd' });
    const expected = sha256('abc');
    const state = (path: string) => findListed(dir, { path, sha256: expected });
    expect(await state('a/whole')).toEqual({ state: 'whole', bytes: 3, sha256: expected });
    expect(await state('a/changed')).toEqual({ state: 'changed', bytes: 4, sha256: sha256('abcd') });
    expect([await state('a/missing'), await state('a')]).toEqual([undefined, undefined]);
  });
});
