import { expect, test, vi } from 'vitest';
import { terminalWork } from '../../../harness/terminal/work-progress.ts';

/** What stands on stderr when the work ends, `seconds` after its start. */
function lastLine(
  work: { total?: number; done: number; unit: 'bytes' | 'files' },
  count: number,
  seconds: number,
): string {
  let time = 0;
  let written = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  try {
    const progress = terminalWork(() => time);
    progress.start('val2017.zip', work);
    time = seconds * 1000;
    progress.advance(count);
    progress.stop();
    return written.trim().split('\n').at(-1)!;
  } finally {
    spy.mockRestore();
  }
}

test.each([
  [
    'bytes',
    { total: 100e6, done: 0, unit: 'bytes' },
    20e6,
    10,
    /20\.0 MB\/100\.0 MB · 2\.0 MB\/s · 40 s left$/,
  ],
  [
    'what an earlier call brought is done, not fast',
    { total: 100e6, done: 50e6, unit: 'bytes' },
    10e6,
    10,
    /60\.0 MB\/100\.0 MB · 1\.0 MB\/s · 40 s left$/,
  ],
  ['minutes', { total: 1e9, done: 0, unit: 'bytes' }, 1e6, 1, /1\.0 MB\/1\.0 GB · 1\.0 MB\/s · 17 min left$/],
  [
    'hours',
    { total: 20e9, done: 0, unit: 'bytes' },
    1e6,
    1,
    /1\.0 MB\/20\.0 GB · 1\.0 MB\/s · 5 h 33 min left$/,
  ],
  ['files', { total: 5000, done: 0, unit: 'files' }, 500, 5, /500\/5000 · 100\.0\/s · 45 s left$/],
  ['an unknown end', { done: 0, unit: 'bytes' }, 3e6, 2, /^val2017\.zip 3\.0 MB · 1\.5 MB\/s$/],
] as const)('%s', (_, work, count, seconds, line) => {
  expect(lastLine(work, count, seconds)).toMatch(line);
});
