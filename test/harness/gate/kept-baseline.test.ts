import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { listGates, openHistory } from '../../../harness/store/history/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { mutateBytes } from '../../datasets/mutations.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { madeUpNight } from '../../support/made-up-night.ts';
import { spawnCli } from '../../support/spawn-cli.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const whole = join(dir, 'whole.sqlite');
const folders: string[] = [];

const argsOf = (folder: string, history: string): string[] => [
  ...['gate', folder, '--baseline', 'main', '--history', history, '--replicates', '100', '--quiet'],
];
const setMain = (folder: string, history: string) =>
  captureCli('history', 'baseline', 'main', folder, '--reason', 'r', '--history', history, '--quiet');

beforeAll(async () => {
  for (let night = 0; night < 4; night++)
    folders.push(madeUpNight(dir, { night, images: 60, moved: night + 1 }));
  expect((await setMain(folders[0]!, whole)).exitCode).toBe(0);
});

/** A copy of the history in which something was changed behind its back. */
function changed(name: string, sql: string, ...values: unknown[]): string {
  const file = join(dir, name);
  copyFileSync(whole, file);
  const database = new Database(file);
  database.pragma('foreign_keys = OFF');
  database.prepare(sql).run(...values);
  database.close();
  return file;
}

describe('what is kept with a baseline', () => {
  test('200 mutated copies of its detections and ground truth: each is named, exit 3, unless it unpacks to the same text', async () => {
    const random = createRandom(4);
    const database = new Database(whole, { readonly: true });
    const kept = database
      .prepare<[], { name: string; content: Buffer }>('SELECT name, content FROM kept_file ORDER BY name')
      .all();
    database.close();
    expect(kept.map(({ name }) => name)).toEqual([
      'detections/cpu-float.json',
      'detections/int16.json',
      'ground-truth.json',
    ]);
    let refused = 0;
    for (let i = 0; i < 200; i++) {
      const { name, content } = kept[i % kept.length]!;
      let mutated = mutateBytes(content, random);
      while (Buffer.compare(mutated, content) === 0) mutated = mutateBytes(content, random);
      const file = changed(
        'mutated.sqlite',
        'UPDATE kept_file SET content = ? WHERE name = ?',
        mutated,
        name,
      );
      const { exitCode, stdout, stderr } = await captureCli(...argsOf(folders[1]!, file));
      // gzip has bytes that say nothing, as its time, and what follows its end.
      if (exitCode !== 3) {
        expect([0, 4]).toContain(exitCode);
        continue;
      }
      refused++;
      expect(stdout).toBe('');
      expect(stderr).toContain(
        `${name} of run 1 in the history ${file} is not what was kept: restore a copy of the history, or set the baseline anew`,
      );
    }
    expect(refused).toBeGreaterThan(150);
  });

  test('another hash, a missing file, a baseline of before files were kept', async () => {
    const other = changed(
      'hash.sqlite',
      "UPDATE kept_file SET sha256 = ? WHERE name = 'ground-truth.json'",
      'a'.repeat(64),
    );
    expect(await captureCli(...argsOf(folders[1]!, other))).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('is not what was kept'),
    });
    const missing = changed('missing.sqlite', "DELETE FROM kept_file WHERE name = 'detections/int16.json'");
    expect(await captureCli(...argsOf(folders[1]!, missing))).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('has no detections/int16.json of run 1: set the baseline anew'),
    });
  });

  test('a verdict that is none any more is named by the page', async () => {
    const file = join(dir, 'verdicts.sqlite');
    copyFileSync(whole, file);
    await captureCli(...argsOf(folders[1]!, file), '--record');
    const database = new Database(file);
    database.exec('UPDATE gate SET document = \'{"schema": "mlu-parity/gate"}\'');
    database.close();
    expect(
      await captureCli('history', 'page', '--history', file, '--out', join(dir, 'page.html')),
    ).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /cannot use what a gate said of run 2 in the history \S+ \(not what a gate of version 1 says: version: /,
      ),
    });
  });

  test('another baseline takes the files of the one before with it, and pruning takes neither', async () => {
    const file = join(dir, 'moved.sqlite');
    copyFileSync(whole, file);
    await setMain(folders[1]!, file);
    const database = new Database(file, { readonly: true });
    expect(database.prepare('SELECT DISTINCT run FROM kept_file').pluck().all()).toEqual([2]);
    database.close();
    expect((await captureCli('history', 'prune', '--keep', '0', '--yes', '--history', file)).stdout).toBe(
      '1 run taken away\n',
    );
    expect((await captureCli(...argsOf(folders[1]!, file))).exitCode).toBe(0);
  });
});

describe('two processes', () => {
  test('a history that another does not let go: exit 3 in a sentence; without --record it is only read', async () => {
    const holder = await openHistory(whole, { mode: 'write' });
    holder.database.exec('BEGIN IMMEDIATE');
    try {
      const { exitCode, stdout, stderr } = await spawnCli([...argsOf(folders[1]!, whole), '--record']).result;
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toMatch(
        /^mlu-parity: cannot write to the history \S+ \(SQLITE_BUSY\): another process is at it/,
      );
      const read = await spawnCli(argsOf(folders[1]!, whole)).result;
      expect(read.stdout).toMatch(/^(EQUIVALENT|CANNOT TELL): /);
    } finally {
      holder.database.exec('ROLLBACK');
      holder.close();
    }
  });

  test('four gates that record at the same time: each verdict once', async () => {
    const file = join(dir, 'parallel.sqlite');
    copyFileSync(whole, file);
    const ended = await Promise.all(
      folders.map((folder) => spawnCli([...argsOf(folder, file), '--record']).result),
    );
    for (const { exitCode } of ended) expect([0, 4]).toContain(exitCode);
    const history = await openHistory(file, { mode: 'read' });
    expect(new Set(listGates(history).map(({ run }) => run)).size).toBe(4);
    history.close();
  });
});

describe('documents of a gate that could not judge', () => {
  test('they replace those of the night before: JUnit has an error, the summary and the annotation say why', async () => {
    const out = join(dir, 'verdict');
    expect((await captureCli(...argsOf(folders[0]!, whole), '--out', out)).exitCode).toBe(0);
    const gone = await captureCli(
      ...argsOf(join(dir, 'gone'), whole),
      '--out',
      out,
      '--annotations',
      'github',
    );
    expect(gone).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^::error title=mlu-parity::cannot read \S+run\.json/),
    });
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('errors="1"');
    expect(readFileSync(join(out, 'summary.md'), 'utf8')).toMatch(
      /^## mlu-parity: not judged\n\ncannot read /,
    );
    expect(JSON.parse(readFileSync(join(out, 'gate.json'), 'utf8'))).toMatchObject({
      error: { exitCode: 3 },
    });
  });

  test.each([
    ['an unknown option before it', ['--recrod', '--out'], /^unknown option '--recrod'/],
    ['a budget that is none', ['--budget', 'AP', '--out'], /'AP' is not a budget such as AP=0\.005/],
    ['an option without its value', ['--junit', 'OTHER', '--out', 'OUT', '--seed'], /argument missing/],
    ['one folder too many', ['another', '--out'], /too many arguments/],
    ['replicates that leave no interval', ['--replicates', '0', '--out'], /^--replicates 0 leaves/],
    ['what has no effect', ['--budget', 'mlu-online:AP=0.1', '--out'], /^the budget of mlu-online has no/],
  ])('a wrong command line, %s: they say that nothing was judged, exit 2', async (_, args, sentence) => {
    const out = join(dir, 'misread');
    const junit = join(dir, 'misread-junit.xml');
    expect((await captureCli(...argsOf(folders[0]!, whole), '--out', out)).exitCode).toBe(0);
    const places = args.map((arg) => ({ OUT: out, OTHER: junit })[arg] ?? arg);
    const given = places.at(-1) === '--out' ? [...places, out] : places;
    const { exitCode, stdout } = await captureCli(...argsOf(folders[0]!, whole).slice(0, 6), ...given);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(JSON.parse(readFileSync(join(out, 'gate.json'), 'utf8'))).toEqual({
      error: { exitCode: 2, message: expect.stringMatching(sentence) },
    });
    for (const path of [join(out, 'junit.xml'), ...(args.includes('OTHER') ? [junit] : [])]) {
      expect(readFileSync(path, 'utf8')).toContain('errors="1"');
    }
    expect(readFileSync(join(out, 'summary.md'), 'utf8')).toMatch(/^## mlu-parity: not judged\n/);
  });

  test('help, and a wrong command line of another command, leave them', async () => {
    const out = join(dir, 'left');
    await captureCli(...argsOf(folders[0]!, whole), '--out', out);
    const before = readFileSync(join(out, 'gate.json'), 'utf8');
    expect((await captureCli('gate', '--out', out, '--help')).exitCode).toBe(0);
    expect((await captureCli('history', 'list', '--out', out)).exitCode).toBe(2);
    expect(readFileSync(join(out, 'gate.json'), 'utf8')).toBe(before);
  });

  test('a missing --baseline on a first night: the documents say it, and so does an annotation', async () => {
    const none = join(dir, 'first', 'night');
    const args = ['gate', folders[0]!, '--out', none, '--annotations', 'github'];
    expect(await captureCli(...args)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^::error title=mlu-parity::required option '--baseline <name>' not/m),
    });
    expect(readFileSync(join(none, 'summary.md'), 'utf8')).toMatch(/^## mlu-parity: not judged/);
    expect(existsSync(join(none, 'junit.xml'))).toBe(true);
  });
});
