import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { futureWarnings } from '../../../harness/history/future-runs.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { madeUpRecord } from '../../support/made-up-record.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const NOW = new Date('2026-11-24T02:00:00.000Z');

test('a day ahead is a time zone, more than that a clock that was wrong', () => {
  const runs = [
    { id: 1, startedAt: '2026-11-25T02:00:00.000Z' },
    { id: 2, startedAt: '2026-11-25T02:00:00.001Z' },
  ];
  expect(futureWarnings(runs, NOW)).toEqual([
    'run 2 starts in the future (2026-11-25T02:00:00.001Z): until then it stays the last of its series, and charts reach as far',
  ]);
});

describe('a run of the year 2999', () => {
  const dir = suiteFolder();
  const file = join(dir, 'history.sqlite');
  const history = (...args: string[]) => captureCli('history', ...args, '--history', file);
  const startedAt = '2999-01-01T00:00:00.000Z';
  const ahead = () =>
    `warning: run 2 starts in the future (${startedAt}): until then it stays the last of its series, and charts reach as far\n`;

  test('is imported with a warning, and so is one that also ends before it starts', async () => {
    for (const [name, times] of [
      ['now', {}],
      ['ahead', { startedAt }],
    ] as const) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'run.json'), JSON.stringify({ ...madeUpRecord({ night: 0 }), ...times }));
    }
    const { exitCode, stdout, stderr } = await history('import', join(dir, 'now'), join(dir, 'ahead'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '2 imported, 0 there already\n' });
    expect(stderr).toMatch(/warning: \S+ahead: the run ends \(\S+\) before it starts/);
    expect(stderr).toMatch(/warning: \S+ahead: the run starts in the future \(2999-/);
  });

  test('list, trend and page name it, on stderr and in their documents', async () => {
    expect((await history('list')).stderr).toBe(ahead());
    expect((await history('trend', 'AP', '--backend', 'int16')).stderr).toBe(ahead());
    const { stdout } = await history('list', '--json');
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toHaveLength(1);
    const page = join(dir, 'page.html');
    expect((await history('page', '--out', page)).stderr).toBe(ahead());
    expect(readFileSync(page, 'utf8')).toContain(`<li>run 2 starts in the future (${startedAt}): `);
  });
});

test('a record that cannot be true is not imported, and named', async () => {
  const dir = suiteFolder();
  mkdirSync(join(dir, 'garbage'), { recursive: true });
  writeFileSync(
    join(dir, 'garbage', 'run.json'),
    JSON.stringify({ ...madeUpRecord({ night: 0 }), startedAt: 'garbage' }),
  );
  const args = ['history', 'import', join(dir, 'garbage'), '--history', join(dir, 'none.sqlite')];
  expect(await captureCli(...args)).toMatchObject({
    exitCode: 3,
    stdout: '0 imported, 0 there already, 1 could not be read\n',
    stderr: expect.stringMatching(
      /^mlu-parity: cannot use \S+run\.json: not a run record of version 1: startedAt: "garbage" is no date and time/m,
    ),
  });
});
