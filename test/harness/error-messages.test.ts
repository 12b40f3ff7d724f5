import { execFileSync, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFileAtomically, writeFileAtomicallySync } from '../../datasets/write-file-atomically.ts';
import { BadDataError, messageOf } from '../../harness/errors.ts';
import { parseRunRecord } from '../../reports/index.ts';
import { madeUpRecord } from '../support/made-up-record.ts';
import { suiteFolder } from '../support/suite-folder.ts';

const dir = suiteFolder();

test('what a message quotes of a file does nothing to a terminal; new lines stay', () => {
  const message = 'Unexpected token \u001b[31m\u001b]0;pwn\u0007\u009b2J\r in\nJSON, Größe 1 µs';
  expect(messageOf(new BadDataError(message))).toBe(
    'Unexpected token \\x1b[31m\\x1b]0;pwn\\x07\\x9b2J\\x0d in\nJSON, Größe 1 µs',
  );
});

test('a record is harmless to a terminal, whatever its strings hold', () => {
  const read = parseRunRecord({
    ...madeUpRecord({ night: 0 }),
    stoppedBy: 'a\u001b[2Jb',
    asked: { 'k\u0007': ['\u009b'] },
  });
  expect(read.stoppedBy).toBe('a\\x1b[2Jb');
  expect(read.asked).toEqual({ 'k\\x07': ['\\x9b'] });
});

describe('a file that is written whole', () => {
  const data = 'new';
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
  const ways = [
    ['waited for', writeFileAtomically],
    ['at once', async (path: string, text: string) => writeFileAtomicallySync(path, text)],
  ] as const;

  test.each(ways)(
    'leaves a link a link, %s: the file that it leads to is replaced, or made',
    async (_, write) => {
      writeFileSync(join(dir, 'real'), 'old');
      for (const [link, to] of [
        ['link', 'real'],
        ['dangling', 'not-yet'],
      ] as const) {
        symlinkSync(join(dir, to), join(dir, link));
        await write(join(dir, link), data);
        expect(lstatSync(join(dir, link)).isSymbolicLink()).toBe(true);
        expect(read(to)).toBe(data);
        rmSync(join(dir, link));
        rmSync(join(dir, to));
      }
      expect(readdirSync(dir)).toEqual([]);
    },
  );

  test.each(ways)('goes into what is no file, %s', async (_, write) => {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe]);
    const heard = reader.stdout.setEncoding('utf8').toArray();
    await write(pipe, data);
    expect((await heard).join('')).toBe(data);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    rmSync(pipe);
  });
});

test('a file that cannot be written whole is named as it was asked for, and nothing is left', async () => {
  const path = join(dir, 'taken');
  mkdirSync(path);
  const error = await writeFileAtomically(path, 'x').catch((cause: unknown) => cause);
  expect(messageOf(error)).toMatch(new RegExp(`^the system refused to rename ${path} \\(E\\w+\\): check`));
  expect(readdirSync(dir)).toEqual(['taken']);
  // What an open file is refused has no path of its own.
  const full = Object.assign(new Error('ENOSPC'), { syscall: 'write', code: 'ENOSPC' });
  expect(messageOf(full)).toBe(
    'the system refused to write a file (ENOSPC): check the disk space and the permissions there',
  );
});
