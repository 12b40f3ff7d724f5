import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openHistory, setBaseline } from '../../../harness/store/history/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import type { MadeUpRun } from '../../support/made-up-record.ts';
import { madeUpRunFolders } from '../../support/made-up-run-folder.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const file = join(dir, 'sub', 'history.sqlite');
const history = (...args: string[]) => captureCli('history', ...args, '--history', file);

/** 40 nights: a spike in night 12, worse from 20 on with another commit, and other options from 30 on. */
const NIGHTS: MadeUpRun[] = Array.from({ length: 40 }, (_, night) => ({
  night,
  ap: night === 12 ? 0.1 : night < 20 ? 0.3231 : night < 30 ? 0.3201 : 0.25,
  commit: (night < 20 ? 'a' : 'd').repeat(40),
  conf: night < 30 ? 0.001 : 0.05,
}));
let folders: string[];

beforeAll(async () => {
  folders = madeUpRunFolders(dir, NIGHTS);
});

describe('history import', () => {
  test('takes many folders, names what it cannot read, goes on, and ends with 3', async () => {
    mkdirSync(join(dir, 'broken'));
    writeFileSync(join(dir, 'broken', 'run.json'), '{"schema": "mlu-parity/run-rec');
    const given = [folders[0]!, join(dir, 'broken'), join(dir, 'none'), ...folders.slice(1)];
    const { exitCode, stdout, stderr } = await history('import', ...given, '--quiet');
    expect(exitCode).toBe(3);
    expect(stdout).toBe('40 imported, 0 there already, 2 could not be read\n');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^mlu-parity: cannot use \S+broken\/run\.json: .*; run again to make a new one$/),
      expect.stringMatching(
        /^mlu-parity: cannot read \S+none\/run\.json \(ENOENT\): give a folder that mlu-parity run made$/,
      ),
      '',
    ]);
  });

  test('again: nothing is there twice; --json has it by folder', async () => {
    const { exitCode, stdout } = await history('import', ...folders, '--quiet', '--json');
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as { imported: unknown[]; alreadyThere: { run: number }[] };
    expect(result.imported).toEqual([]);
    expect(result.alreadyThere.map(({ run }) => run)).toEqual(NIGHTS.map(({ night }) => night + 1));
  });

  test('a clock that jumped is named, and the run recorded', async () => {
    const odd = join(dir, 'odd');
    mkdirSync(odd);
    const { madeUpRecord } = await import('../../support/made-up-record.ts');
    const record = { ...madeUpRecord({ night: 0 }), finishedAt: '2025-12-31T00:00:00.000Z' };
    writeFileSync(join(odd, 'run.json'), JSON.stringify(record));
    const other = join(dir, 'odd.sqlite');
    const { exitCode, stderr } = await captureCli('history', 'import', odd, '--history', other);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /warning: \S+odd: the run ends \(2025-12-31.*\) before it starts .*: the clock jumped/,
    );
  });
});

describe('history list and show', () => {
  test('list: a row a run, and as JSON', async () => {
    const { stdout } = await history('list');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(42);
    expect(lines[2]).toMatch(/^1 +2026-01-01 02:00 +complete +0 +0\.3300 +0\.3231 +aaaaaaaa +–$/);
    const { runs } = JSON.parse((await history('list', '--json')).stdout) as { runs: { ap: object }[] };
    expect(runs).toHaveLength(40);
    expect(runs[39]!.ap).toEqual({ 'cpu-float': 0.33, int16: 0.25 });
  });

  test('show: the run, and by what others are no comparison', async () => {
    const { exitCode, stdout } = await history('show', 'last');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^run 40 of 2026-02-09 02:00, complete\n/);
    expect(stdout).toContain('Average precision and recall');
    expect(stdout).toContain(
      'int16: its figures can be compared with those of 9 other runs\n  not with 30 runs: conf 0.001 → 0.05\n',
    );
    const shown = JSON.parse((await history('show', '3', '--json')).stdout) as {
      run: { id: number };
      record: object;
    };
    expect(shown.run.id).toBe(3);
    expect(shown.record).toHaveProperty('schema', 'mlu-parity/run-record');
  });

  test('a run that is not there: exit 2 with what to give', async () => {
    expect(await history('show', '99')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('has no run 99: give a number of mlu-parity history list'),
    });
  });
});

describe('history trend', () => {
  test('the change with its runs and commits, the spike as none, and other options as another series', async () => {
    const { exitCode, stdout } = await history('trend', 'AP', '--backend', 'int16');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        'AP · int16 (emulated) · 10 runs',
        '0.2500 since run 31 of 2026-01-31 02:00, 10 nights: no change.',
        '',
        'run              started      AP',
        '──────  ────────────────  ──────',
        'run 31  2026-01-31 02:00  0.2500',
        '…                 4 more',
        'run 36  2026-02-05 02:00  0.2500',
        'run 37  2026-02-06 02:00  0.2500',
        'run 38  2026-02-07 02:00  0.2500',
        'run 39  2026-02-08 02:00  0.2500',
        'run 40  2026-02-09 02:00  0.2500',
        '',
        'Without noise from night to night: a change of any size is told in its third night.',
        '',
        'AP · int16 (emulated) · 30 runs',
        'another series than the one above it: conf 0.05 → 0.001',
        '0.3201 since run 21 of 2026-01-21 02:00, 10 nights; it changed once:',
        '  WORSE by −0.0030, 0.3231 → 0.3201 for 10 nights: run 21 of 2026-01-21 02:00, after run 20; commit aaaaaaaa → dddddddd',
        '  spike, no change: 0.1000 in run 13 of 2026-01-13 02:00',
        '',
        'run              started      AP',
        '──────  ────────────────  ──────  ─────────',
        'run 1   2026-01-01 02:00  0.3231',
        '…                17 more',
        'run 19  2026-01-19 02:00  0.3231',
        'run 20  2026-01-20 02:00  0.3231',
        'run 21  2026-01-21 02:00  0.3201  ← changed',
        'run 22  2026-01-22 02:00  0.3201',
        '…                 3 more',
        'run 26  2026-01-26 02:00  0.3201',
        'run 27  2026-01-27 02:00  0.3201',
        'run 28  2026-01-28 02:00  0.3201',
        'run 29  2026-01-29 02:00  0.3201',
        'run 30  2026-01-30 02:00  0.3201',
        '',
        'Without noise from night to night: a change of any size is told in its third night.',
        '',
      ].join('\n'),
    );
  });

  test('--json has the points, levels and changes; --least leaves small ones out', async () => {
    type Trend = {
      changes: { runBefore: number; runAfter: number; size: number }[];
      series: { points: unknown[] };
    };
    const trendsOf = async (...more: string[]): Promise<Trend[]> =>
      (
        JSON.parse((await history('trend', 'AP', '--backend', 'int16', '--json', ...more)).stdout) as {
          trends: Trend[];
        }
      ).trends;
    const [now, before] = await trendsOf();
    expect([now!.series.points.length, before!.series.points.length]).toEqual([10, 30]);
    expect(before!.changes).toMatchObject([{ runBefore: 20, runAfter: 21, size: expect.closeTo(-0.003, 9) }]);
    expect((await trendsOf('--least', '0.01'))[1]!.changes).toEqual([]);
  });

  test('of a category, of a time, and of what is not there', async () => {
    expect((await history('trend', 'AP/dog', '--backend', 'int16')).stdout).toContain(
      'AP/dog · int16 (emulated) · 10 runs',
    );
    expect((await history('trend', 'p50Ms', '--backend', 'int16')).stdout).toContain(
      '1 thread · batch 1 · host time',
    );
    expect(await history('trend', 'AP', '--backend', 'int4')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/has AP of int4: see mlu-parity history list/),
    });
    expect(await history('trend', 'AP/')).toMatchObject({
      exitCode: 2,
      stderr:
        'mlu-parity: "AP/" names no category: give it after the slash, AP/dog, or AP alone for all of them\n',
    });
    expect(await history('trend', 'mAP')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/no metric "mAP": give one of AP, AP50/),
    });
  });
});

describe('history prune', () => {
  test('of no history is refused, and makes none', async () => {
    const none = join(dir, 'none.sqlite');
    const { exitCode, stderr } = await captureCli(
      'history',
      'prune',
      '--keep',
      '1',
      '--yes',
      '--history',
      none,
    );
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`there is no history at ${none}`)]);
    expect(existsSync(none)).toBe(false);
  });

  test('says what would go; with --yes it goes, baselines stay', async () => {
    const opened = await openHistory(file, { mode: 'write' });
    setBaseline(opened, { name: 'release', run: 5, reason: 'first', setBy: 'test' });
    opened.close();
    const asked = await history('prune', '--keep', '30');
    expect(asked.stdout).toMatch(/\n9 would be taken away: add --yes\n$/);
    expect(JSON.parse((await history('list', '--json')).stdout).runs).toHaveLength(40);
    expect(await history('prune', '--keep', '30', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: '9 runs taken away\n',
    });
    const { runs } = JSON.parse((await history('list', '--json')).stdout) as { runs: { id: number }[] };
    expect(runs.map(({ id }) => id)).toEqual([5, ...Array.from({ length: 30 }, (_, i) => 11 + i)]);
    expect((await history('prune', '--older-than', '36500d', '--yes')).stdout).toBe('nothing to take away\n');
  });

  test.each([
    [['prune'], 'give one of them'],
    [['prune', '--keep', '1', '--older-than', '1d'], 'give one of them'],
    [['prune', '--older-than', 'long'], 'give days or weeks, as 90d or 12w'],
    [['prune', '--keep', '-1'], 'give 0 or more'],
  ])('%j has no meaning', async (args, sentence) => {
    expect(await history(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(sentence) });
  });
});

test('nothing is made by reading: a history that is not there is an error with what to do', async () => {
  const none = join(dir, 'none', 'history.sqlite');
  expect(await captureCli('history', 'list', '--history', none, '--json')).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('record runs first, mlu-parity history import runs/*'),
  });
  expect(existsSync(join(dir, 'none'))).toBe(false);
});
