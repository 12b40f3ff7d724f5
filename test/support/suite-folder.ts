import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for all tests of the `describe` (or file) it is called in, taken away after the last one. */
export function suiteFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'mlu-parity-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
