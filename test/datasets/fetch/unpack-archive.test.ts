import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unpackArchive } from '../../../datasets/fetch/unpack-archive.ts';
import { DatasetError } from '../../../datasets/index.ts';
import { scratchFolder } from '../scratch.ts';
import { fakeTools } from './fake-tools.ts';
import { claimingEntries, patched, zipOf } from './zip-of.ts';

const FILES = { 'val/a.jpg': 'a'.repeat(5000), 'val/b.jpg': 'bb', 'other/c.jpg': 'c', 'd.txt': 'd' };
const TAKE = { take: 'val/', files: 2, bytes: 5002 };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function unpack(archive: Uint8Array, take = TAKE, tools = fakeTools()) {
  const dir = await scratchFolder({ 'x.zip': archive });
  const folder = join(dir, 'out');
  const work = () => unpackArchive(join(dir, 'x.zip'), folder, take, tools);
  return { dir, folder, work };
}

const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true }).catch(() => [])).sort();

describe('unpackArchive', () => {
  test.each([
    ['stored', false],
    ['deflated', true],
  ])('%s: takes what is asked for and nothing else', async (_, compress) => {
    const { folder, work } = await unpack(await zipOf(FILES, compress));
    expect(await work()).toEqual([
      { path: 'val/a.jpg', bytes: 5000, sha256: sha256(FILES['val/a.jpg']) },
      { path: 'val/b.jpg', bytes: 2, sha256: sha256('bb') },
    ]);
    expect(await filesOf(folder)).toEqual(['val', 'val/a.jpg', 'val/b.jpg']);
    expect(await readFile(join(folder, 'val/b.jpg'), 'utf8')).toBe('bb');
  });

  test('a second call leaves what is there and adds what is missing', async () => {
    const { folder, work } = await unpack(await zipOf(FILES));
    const first = await work();
    await utimes(join(folder, 'val/a.jpg'), 0, 0);
    await writeFile(join(folder, 'val/b.jpg'), 'bb');
    expect(await work()).toEqual(first);
    expect((await stat(join(folder, 'val/a.jpg'))).mtimeMs).toBe(0);
  });

  test('another file in a place is left alone, and said', async () => {
    const { folder, work } = await unpack(await zipOf(FILES));
    await work();
    await writeFile(join(folder, 'val/b.jpg'), 'BB');
    await expect(work()).rejects.toThrow(
      /cannot unpack to .*b\.jpg: there is another file than the archive's/,
    );
    expect(await readFile(join(folder, 'val/b.jpg'), 'utf8')).toBe('BB');
  });

  test.each([
    ['out of the folder', '../xval/b.jpg', 'invalid relative path'],
    ['out of it in the middle', 'val/../../b.j', 'invalid relative path'],
    ['from the root', '/absolute/b.j', 'absolute path'],
    ['over a drive', 'C:/Windows/b.', 'absolute path'],
    ['by backslashes', 'val\\..\\..\\b.', 'invalid characters in fileName'],
  ])('a name that leads %s: refused, nothing is written', async (_, name, reason) => {
    const safe = 'x'.repeat(name.length);
    const archive = patched(await zipOf({ 'val/a.jpg': 'a', [safe]: 'evil' }), safe, name);
    const { dir, folder, work } = await unpack(archive, { take: 'val/', files: 1, bytes: 1 });
    const error: unknown = await work().catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(DatasetError);
    expect((error as Error).message).toContain(reason);
    expect([await filesOf(folder), await filesOf(dir)]).toEqual([[], ['x.zip']]);
  });

  test('content that does not match its CRC-32: refused, no half file stays', async () => {
    const { folder, work } = await unpack(patched(await zipOf({ 'val/a.jpg': 'abcdefgh' }), 'abcd', 'abce'), {
      ...TAKE,
      files: 1,
    });
    await expect(work()).rejects.toThrow(
      /"val\/a\.jpg" does not match its CRC-32 checksum; delete it and fetch/,
    );
    expect(await filesOf(folder)).toEqual(['val']);
  });

  test.each([
    ['cut off', (archive: Buffer) => archive.subarray(0, archive.length - 30)],
    ['not one', () => Buffer.from('PK\x03\x04 and then nothing')],
    ['empty', () => Buffer.alloc(0)],
  ])('an archive that is %s: refused in a sentence', async (_, spoil) => {
    const { work } = await unpack(spoil(await zipOf(FILES)));
    await expect(work()).rejects.toThrow(/^cannot unpack .*x\.zip: .*; delete it and fetch it again$/);
  });

  test('a bomb: more than what is known of the archive is not unpacked', async () => {
    const bomb = await zipOf({ 'val/a.jpg': '0'.repeat(3 * 2 ** 20), 'val/b.jpg': '' }, true);
    const { folder, work } = await unpack(bomb);
    await expect(work()).rejects.toThrow(
      /^cannot unpack .*: its val\/ claims to unpack to 3145728 bytes or more, and 5002 are known of it; fetch it again$/,
    );
    expect(await filesOf(folder)).toEqual([]);
  });

  test.each([
    ['so much and no more', 0, true],
    ['a byte more', 1, false],
  ])('half as much again as is known and 1 MiB, %s', async (_, more, taken) => {
    const archive = await zipOf({ 'val/a.jpg': '0'.repeat(3 + 2 ** 20 + more) }, true);
    const { folder, work } = await unpack(archive, { take: 'val/', files: 1, bytes: 2 });
    const ended = await work().then(
      () => true,
      () => false,
    );
    expect([ended, (await filesOf(folder)).length]).toEqual([taken, taken ? 2 : 0]);
  });

  test('a name that stands twice: refused', async () => {
    const { folder, work } = await unpack(patched(await zipOf(FILES), 'val/b.jpg', 'val/a.jpg'));
    await expect(work()).rejects.toThrow(/it has "val\/a\.jpg" twice; fetch it again/);
    expect(await filesOf(folder)).toEqual([]);
  });

  test('a claim of half a million entries and more: refused before one is read', async () => {
    const { work } = await unpack(claimingEntries(await zipOf(FILES, false, true), 500_001));
    await expect(work()).rejects.toThrow(/it claims 500001 entries; fetch it again/);
  });

  test('a bomb that lies about its size: stopped at the size it claims', async () => {
    const archive = await zipOf({ 'val/a.jpg': '0'.repeat(100_000) }, true);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(100_000);
    const lie = Buffer.from([10, 0, 0, 0]);
    const { folder, work } = await unpack(patched(archive, size.toString('latin1'), lie.toString('latin1')), {
      ...TAKE,
      files: 1,
    });
    await expect(work()).rejects.toThrow(/cannot unpack .*too many bytes/);
    expect(await filesOf(folder)).toEqual(['val']);
  });

  test('fewer files than there should be: refused', async () => {
    const { work } = await unpack(await zipOf({ 'val/a.jpg': 'a' }));
    await expect(work()).rejects.toThrow(/it has 1 files under val\/ and not 2/);
  });

  test('too little room: said before a file is written', async () => {
    const tools = fakeTools({ freeBytes: async () => 5001 });
    const { folder, work } = await unpack(await zipOf(FILES), TAKE, tools);
    await expect(work()).rejects.toThrow(/needs 5\.0 kB and the disk has 5\.0 kB free/);
    expect(await filesOf(folder)).toEqual([]);
  });

  test('an interruption between two files: the first one stays, whole', async () => {
    const controller = new AbortController();
    const tools = fakeTools({ signal: controller.signal });
    tools.onAdvance = () => controller.abort();
    const { folder, work } = await unpack(await zipOf(FILES), TAKE, tools);
    await expect(work()).rejects.toMatchObject({ name: 'AbortError' });
    expect(await filesOf(folder)).toEqual(['val', 'val/a.jpg']);
  });
});
