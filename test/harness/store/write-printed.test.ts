import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { EXIT } from '../../../harness/errors.ts';
import { writePrinted } from '../../../harness/store/write-printed.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();

afterEach(() => {
  vi.restoreAllMocks();
});

test('what was written ends as the measurement did', async () => {
  const out = join(dir, 'a.json');
  expect(await writePrinted(out, 'text', EXIT.inconclusive)).toBe(4);
  expect(readFileSync(out, 'utf8')).toBe('text');
});

test('what cannot be written is told in one sentence on stderr, and exit 3', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const out = join(dir, 'taken-away', 'a.json');
  expect(await writePrinted(out, 'text', EXIT.pass)).toBe(3);
  expect(write.mock.calls).toEqual([
    [expect.stringMatching(/^mlu-parity: cannot write --out \S+a\.json, only stdout has it: .*ENOENT.*\n$/)],
  ]);
});
