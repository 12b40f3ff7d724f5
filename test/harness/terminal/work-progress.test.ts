import { expect, test, vi } from 'vitest';
import { terminalProgress } from '../../../harness/terminal/progress.ts';
import { terminalWork } from '../../../harness/terminal/work-progress.ts';

/** The last line on stderr of what `work` writes. */
function lastLineOf(work: () => void): string {
  let written = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  try {
    work();
    return written.trim().split('\n').at(-1)!;
  } finally {
    spy.mockRestore();
  }
}

/** What stands on stderr when the work ends, `seconds` after its start. */
function lastLine(
  work: { total?: number; done: number; unit: 'bytes' | 'count' },
  count: number,
  seconds: number,
): string {
  let time = 0;
  return lastLineOf(() => {
    const progress = terminalWork(() => time);
    progress.start('val2017.zip', work);
    time = seconds * 1000;
    progress.advance(count);
    progress.stop();
  });
}

test('steps counted one by one stand in the same bar, each start anew', () => {
  let time = 0;
  const line = lastLineOf(() => {
    const progress = terminalProgress(() => time);
    for (const [label, total, until] of [['images', 50, 5000] as const, ['noise floor', 8, 9000] as const]) {
      progress.start(label, total);
      time = until;
      for (let step = 0; step < 4; step++) progress.advance();
    }
    progress.stop();
    progress.stop();
  });
  expect(line).toMatch(/^noise floor .* 4\/8 · 1\.0\/s · 4 s left$/);
});

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
  ['a count', { total: 5000, done: 0, unit: 'count' }, 500, 5, /500\/5000 · 100\.0\/s · 45 s left$/],
  ['an unknown end', { done: 0, unit: 'bytes' }, 3e6, 2, /^val2017\.zip 3\.0 MB · 1\.5 MB\/s$/],
] as const)('%s', (_, work, count, seconds, line) => {
  expect(lastLine(work, count, seconds)).toMatch(line);
});
