import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JsonArrayWriter } from '../../../harness/store/json-array-writer.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'mlu-parity-'));

test('a closed file is the JSON array of everything pushed, whatever the portions', async () => {
  const path = join(await folder(), 'list.json');
  const writer = await JsonArrayWriter.create<number[]>(path);
  await writer.push([]);
  await writer.push([[1], [2]]);
  await writer.push([]);
  await writer.push([[3]]);
  await writer.close();
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([[1], [2], [3]]);
  expect(writer.count).toBe(3);
});

test('an array without entries is valid JSON', async () => {
  const path = join(await folder(), 'list.json');
  await (await JsonArrayWriter.create(path)).close();
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([]);
});

test('before close only a .part is there, complete but for the last bracket', async () => {
  const path = join(await folder(), 'list.json');
  const writer = await JsonArrayWriter.create<string>(path);
  await writer.push(['a', 'b']);
  expect(await readdir(join(path, '..'))).toEqual(['list.json.part']);
  expect(JSON.parse(`${await readFile(`${path}.part`, 'utf8')}]`)).toEqual(['a', 'b']);
  await writer.close();
  expect(await readdir(join(path, '..'))).toEqual(['list.json']);
});
