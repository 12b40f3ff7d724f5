import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { BadDataError, messageOf } from '../../harness/errors.ts';
import { suiteFolder } from '../support/suite-folder.ts';

const dir = suiteFolder();

test('what a message quotes of a file does nothing to a terminal; new lines stay', () => {
  const message = 'Unexpected token \u001b[31m\u001b]0;pwn\u0007\u009b2J\r in\nJSON, Größe 1 µs';
  expect(messageOf(new BadDataError(message))).toBe(
    'Unexpected token \\x1b[31m\\x1b]0;pwn\\x07\\x9b2J\\x0d in\nJSON, Größe 1 µs',
  );
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
