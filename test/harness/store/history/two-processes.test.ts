import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listRuns, openHistory, readRecordOf } from '../../../../harness/store/history/index.ts';
import { createRandom } from '../../../../reference/random.ts';
import { madeUpRunFolders } from '../../../support/made-up-run-folder.ts';
import { spawnCli } from '../../../support/spawn-cli.ts';
import { suiteFolder } from '../../../support/suite-folder.ts';

const dir = suiteFolder();
const nights = (count: number) =>
  Array.from({ length: count }, (_, night) => ({ night, ap: 0.3 + night / 1e4 }));
const folders = madeUpRunFolders(dir, nights(60));

const importAll = (history: string) =>
  spawnCli(['history', 'import', ...folders, '--history', history, '--quiet']);

test('a history that another process does not let go: one sentence, exit 3, and readers go on', async () => {
  const file = join(dir, 'held.sqlite');
  const holder = await openHistory(file, { mode: 'write' });
  holder.database.exec('BEGIN IMMEDIATE');
  try {
    const { exitCode, stdout, stderr } = await importAll(file).result;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(
      /^mlu-parity: cannot write to the history \S+held\.sqlite \(SQLITE_BUSY\): another process is at it and did not let go in time; try again when that one is done\n$/,
    );
    expect(await spawnCli(['history', 'list', '--history', file, '--json']).result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"runs": []'),
    });
  } finally {
    holder.database.exec('ROLLBACK');
    holder.close();
  }
});

test('two processes that make one history of the same folders at the same time: each run once', async () => {
  const file = join(dir, 'shared.sqlite');
  const [one, other] = await Promise.all([importAll(file).result, importAll(file).result]);
  expect([one, other]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  const history = await openHistory(file, { mode: 'read' });
  expect(listRuns(history)).toHaveLength(folders.length);
  history.close();
});

test('readers that come and go while two write: none is refused, and the one file is left', async () => {
  const folder = join(dir, 'come-and-go');
  const file = join(folder, 'history.sqlite');
  await (await openHistory(file, { mode: 'write' })).close();
  const writers = [importAll(file).result, importAll(file).result];
  const readers = Array.from({ length: 8 }, async (_, i) => {
    await sleep(i * 150);
    return spawnCli(['history', 'list', '--history', file, '--json']).result;
  });
  for (const { exitCode, stderr } of await Promise.all([...writers, ...readers])) {
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  }
  expect(readdirSync(folder)).toEqual(['history.sqlite']);
});

test('kill -9 at 20 random moments of an import: the file opens, with whole runs alone, and goes on', async () => {
  const random = createRandom(9);
  const started = performance.now();
  await importAll(join(dir, 'timed.sqlite')).result;
  const whole = performance.now() - started;
  const seen = new Set<number>();
  for (let kill = 0; kill < 20; kill++) {
    const file = join(dir, `killed-${kill}.sqlite`);
    const { child, result } = importAll(file);
    const ended = result.catch(() => null);
    await sleep(whole * (0.2 + 0.8 * random.next()));
    child.kill('SIGKILL');
    await ended;
    const reader = existsSync(file) ? await openHistory(file, { mode: 'read' }) : null;
    const read = reader && listRuns(reader);
    reader?.close();
    const history = await openHistory(file, { mode: 'write' });
    const runs = listRuns(history);
    if (read !== null) expect(read).toEqual(runs);
    const figures = history.database.prepare('SELECT count(*) FROM figure GROUP BY run').pluck().all();
    expect(figures).toHaveLength(runs.length);
    expect(new Set(figures).size).toBeLessThanOrEqual(1);
    for (const run of runs) readRecordOf(history, run);
    expect(history.database.pragma('integrity_check', { simple: true })).toBe('ok');
    history.close();
    seen.add(runs.length);
    if (kill > 0) continue;
    expect(await importAll(file).result).toMatchObject({ exitCode: 0 });
    const again = await openHistory(file, { mode: 'read' });
    expect(listRuns(again)).toHaveLength(folders.length);
    again.close();
  }
  // Moments that differ: before, between and after runs.
  expect(seen.size).toBeGreaterThan(2);
});
