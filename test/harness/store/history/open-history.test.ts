import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  findRun,
  listRuns,
  openHistory,
  readRecordOf,
  readSeries,
  recordRun,
} from '../../../../harness/store/history/index.ts';
import { createRandom } from '../../../../reference/random.ts';
import { mutateBytes } from '../../../datasets/mutations.ts';
import { madeUpRecord } from '../../../support/made-up-record.ts';
import { suiteFolder } from '../../../support/suite-folder.ts';

const dir = suiteFolder();
const VERSION_1 = readFileSync(new URL('../../../golden/history/version-1.sql', import.meta.url), 'utf8');

function sqliteFile(name: string, sql: string): string {
  const file = join(dir, name);
  const database = new Database(file);
  database.exec(sql);
  database.close();
  return file;
}

/** Refused in one sentence, and the file is as it was. */
async function expectRefused(file: string, mode: 'read' | 'write', sentence: RegExp): Promise<void> {
  const before = readFileSync(file);
  await expect(openHistory(file, { mode, busyMs: 50 })).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(sentence),
  });
  expect(readFileSync(file).equals(before)).toBe(true);
}

describe('migrations', () => {
  test.each(['read', 'write'] as const)(
    'a file of version 1 opens to %s: its runs have figures and baselines',
    async (mode) => {
      const file = sqliteFile(`version-1-${mode}.sqlite`, VERSION_1);
      const history = await openHistory(file, { mode });
      const runs = listRuns(history);
      expect(runs.map(({ id, baselines }) => [id, baselines])).toEqual([
        [1, []],
        [2, []],
      ]);
      expect(readRecordOf(history, runs[1]!)).toEqual(madeUpRecord({ night: 1, ap: 0.3131 }));
      const [series, ...others] = readSeries(history, { metric: 'AP', backend: 'int16' });
      expect(others).toEqual([]);
      expect(series!.points.map(({ run, value }) => [run, value])).toEqual([
        [1, 0.3231],
        [2, expect.closeTo(0.3131, 12)],
      ]);
      history.close();
      const database = new Database(file, { readonly: true });
      expect(database.pragma('user_version', { simple: true })).toBe(4);
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
      database.close();
    },
  );

  test('figures that another version took are taken again', async () => {
    const file = join(dir, 'figures.sqlite');
    const history = await openHistory(file, { mode: 'write' });
    recordRun(history, madeUpRecord({ night: 0 }));
    history.database.exec(
      "UPDATE figure SET value = 0.5 WHERE metric = 'AP'; UPDATE figures_version SET version = 0;",
    );
    history.close();
    const again = await openHistory(file, { mode: 'write' });
    const [series] = readSeries(again, { metric: 'AP', backend: 'int16' });
    expect(series!.points[0]!.value).toBe(0.3231);
    again.close();
  });

  test('a step that fails leaves the file at its version', async () => {
    const file = sqliteFile('broken-1.sqlite', `${VERSION_1}; UPDATE run SET record = X'00';`);
    await expect(openHistory(file, { mode: 'write' })).rejects.toMatchObject({ exitCode: 3 });
    const database = new Database(file, { readonly: true });
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    expect(database.prepare('SELECT count(*) FROM run').pluck().get()).toBe(2);
    database.close();
  });

  test('a newer version is refused, with what to do', async () => {
    const file = sqliteFile('newer.sqlite', `${VERSION_1} PRAGMA user_version = 99;`);
    await expectRefused(
      file,
      'write',
      /is of version 99 and this mlu-parity knows 4; install the newer mlu-parity/,
    );
  });
});

describe('reading', () => {
  const namesOf = (folder: string): string[] => readdirSync(folder).sort();

  test('leaves the one file alone, and cannot change it', async () => {
    const folder = join(dir, 'read');
    mkdirSync(folder);
    const file = join(folder, 'history.sqlite');
    const made = await openHistory(file, { mode: 'write' });
    recordRun(made, madeUpRecord({ night: 0 }));
    made.close();
    const before = readFileSync(file);
    const reader = await openHistory(file, { mode: 'read' });
    expect(listRuns(reader)).toHaveLength(1);
    expect(() => recordRun(reader, madeUpRecord({ night: 1 }))).toThrow(/SQLITE_READONLY/);
    reader.close();
    expect(namesOf(folder)).toEqual(['history.sqlite']);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('beside a writer it takes nothing away that the writer needs', async () => {
    const folder = join(dir, 'beside');
    mkdirSync(folder);
    const file = join(folder, 'history.sqlite');
    const writer = await openHistory(file, { mode: 'write' });
    for (let night = 0; night < 3; night++) {
      recordRun(writer, madeUpRecord({ night }));
      const reader = await openHistory(file, { mode: 'read' });
      expect(listRuns(reader)).toHaveLength(night + 1);
      reader.close();
    }
    writer.close();
    expect(namesOf(folder)).toEqual(['history.sqlite']);
  });
});

describe('what is no history', () => {
  test('another SQLite file, a text, and half of a history are named and left as they are', async () => {
    await expectRefused(
      sqliteFile('other.sqlite', 'CREATE TABLE a (b); INSERT INTO a VALUES (1);'),
      'write',
      /SQLite file of something else; give another --history FILE/,
    );
    const text = join(dir, 'text.sqlite');
    writeFileSync(text, 'not a database, but long enough to have a header of one, and a little more');
    await expectRefused(text, 'write', /no SQLite file, or half of one/);
    const whole = readFileSync(sqliteFile('whole.sqlite', VERSION_1));
    for (const share of [0.3, 0.6, 0.95]) {
      const half = join(dir, `half-${share}.sqlite`);
      writeFileSync(half, whole.subarray(0, Math.floor(whole.length * share)));
      await expectRefused(
        half,
        'write',
        /^cannot use the history \S+sqlite: the file is damaged; move it away and restore a copy, or record its runs again \(mlu-parity history import runs\/\*\), which brings back neither baselines nor verdicts of gates$|^cannot write to the history \S+ \(SQLITE_CORRUPT\w*\): the file is damaged; [^\n]*$/,
      );
      await expectRefused(half, 'read', /damaged/);
    }
  });

  test('a folder, and a file that is not there, are said to be', async () => {
    mkdirSync(join(dir, 'folder.sqlite'));
    await expect(openHistory(join(dir, 'folder.sqlite'), { mode: 'write' })).rejects.toMatchObject({
      exitCode: 3,
    });
    await expect(openHistory(join(dir, 'none.sqlite'), { mode: 'read' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('there is no history at'),
    });
  });

  test('300 mutated files: each opens whole or is refused in a sentence, whatever is read of it', async () => {
    const file = join(dir, 'mutated-source.sqlite');
    const history = await openHistory(file, { mode: 'write' });
    for (let night = 0; night < 3; night++) recordRun(history, madeUpRecord({ night }));
    history.database.pragma('wal_checkpoint(TRUNCATE)');
    history.close();
    const source = readFileSync(file);
    const random = createRandom(6);
    const outcomes = { read: 0, refused: 0 };
    for (let i = 0; i < 300; i++) {
      const mutated = join(dir, `mutated-${i}.sqlite`);
      writeFileSync(mutated, mutateBytes(source, random));
      try {
        const opened = await openHistory(mutated, { mode: i % 2 === 0 ? 'read' : 'write', busyMs: 50 });
        try {
          for (const run of listRuns(opened)) readRecordOf(opened, run);
          readSeries(opened, { metric: 'AP' });
          outcomes.read++;
        } finally {
          opened.close();
        }
      } catch (error) {
        expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining(mutated) });
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(100);
    expect(outcomes.read).toBeGreaterThan(10);
  });
});

describe('where the system refuses', () => {
  test('a full disk: what was there is kept, and there is room again later', async () => {
    const history = await openHistory(join(dir, 'full.sqlite'), { mode: 'write' });
    recordRun(history, madeUpRecord({ night: 0 }));
    const pages = history.database.pragma('page_count', { simple: true }) as number;
    history.database.pragma(`max_page_count = ${pages}`);
    const record = {
      ...madeUpRecord({ night: 1 }),
      warnings: Array.from({ length: 9000 }, (_, i) => `warning ${i ** 3}`),
    };
    expect(() => recordRun(history, record)).toThrow(
      /SQLITE_FULL.*make room and do it again: what was recorded before is kept/,
    );
    expect(listRuns(history)).toHaveLength(1);
    history.database.pragma(`max_page_count = ${pages + 1000}`);
    expect(recordRun(history, record)).toEqual({ id: 2, isNew: true });
    history.close();
  });

  test.runIf(process.platform === 'linux')('a folder that cannot be made', async () => {
    await expect(openHistory('/proc/mlu-parity/history.sqlite', { mode: 'write' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('give --history FILE in a place that can be written to'),
    });
  });

  test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'a read-only folder: read all the same, refused to write',
    async () => {
      const folder = join(dir, 'read-only');
      mkdirSync(folder);
      const file = join(folder, 'history.sqlite');
      const history = await openHistory(file, { mode: 'write' });
      recordRun(history, madeUpRecord({ night: 0 }));
      history.close();
      chmodSync(dir, 0o755);
      chmodSync(folder, 0o555);
      chmodSync(file, 0o444);
      process.seteuid!(65534);
      try {
        const opened = await openHistory(file, { mode: 'read' });
        expect(findRun(opened, 'last').id).toBe(1);
        opened.close();
        await expect(openHistory(file, { mode: 'write' })).rejects.toMatchObject({
          exitCode: 3,
          message: expect.stringContaining('cannot be written to; check the permissions'),
        });
      } finally {
        process.seteuid!(0);
      }
    },
  );
});
