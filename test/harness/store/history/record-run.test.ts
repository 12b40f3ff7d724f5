import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findRun,
  type History,
  keyDifferences,
  listBaselineChanges,
  listBaselines,
  listRuns,
  openHistory,
  pruneRuns,
  readBaseline,
  readRecordOf,
  readSeries,
  recordRun,
  runsToPrune,
  seriesOfRun,
  setBaseline,
} from '../../../../harness/store/history/index.ts';
import { type MadeUpRun, madeUpRecord } from '../../../support/made-up-record.ts';
import { suiteFolder } from '../../../support/suite-folder.ts';

const dir = suiteFolder();
const open: History[] = [];
afterAll(() => {
  for (const history of open) history.close();
});

async function historyOf(name: string, runs: readonly MadeUpRun[]): Promise<History> {
  const history = await openHistory(join(dir, `${name}.sqlite`), { mode: 'write' });
  open.push(history);
  for (const run of runs) recordRun(history, madeUpRecord(run));
  return history;
}

describe('recordRun', () => {
  test('keeps the record as it is, once, whatever its text looks like', async () => {
    const history = await historyOf('once', []);
    const record = madeUpRecord({ night: 0 });
    expect(recordRun(history, record)).toEqual({ id: 1, isNew: true });
    expect(recordRun(history, record, { text: JSON.stringify(record) })).toEqual({ id: 1, isNew: false });
    expect(recordRun(history, madeUpRecord({ night: 0, ap: 0.1 }))).toEqual({ id: 2, isNew: true });
    expect(readRecordOf(history, findRun(history, '1'))).toEqual(record);
  });

  test('its figures are rows: backend, metric, category, value and provenance', async () => {
    const history = await historyOf('rows', [{ night: 0, ap: 0.3 }]);
    const rows = history.database
      .prepare(
        `SELECT series.kind, series.backend, metric, category, value, provenance FROM figure JOIN series ON series.id = series
         WHERE series.backend = 'int16' AND metric IN ('AP', 'drift-AP', 'sqnr', 'p50Ms', 'p99Ms') ORDER BY kind, metric, category`,
      )
      .raw()
      .all();
    expect(rows).toEqual([
      ['accuracy', 'int16', 'AP', '', 0.3, 'emulated'],
      ['accuracy', 'int16', 'AP', 'cat', 0.3, 'emulated'],
      ['accuracy', 'int16', 'AP', 'dog', expect.closeTo(0.29, 12), 'emulated'],
      ['drift', 'int16', 'drift-AP', '', expect.closeTo(-0.03, 12), 'emulated'],
      ['drift', 'int16', 'drift-AP', 'cat', expect.closeTo(-0.03, 12), 'emulated'],
      ['drift', 'int16', 'sqnr', '', null, 'emulated'],
      ['latency', 'int16', 'p50Ms', '', 10, 'measured'],
      ['latency', 'int16', 'p99Ms', '', null, 'measured'],
    ]);
  });

  test('a backend that did not finish has times and no accuracy', async () => {
    const history = await historyOf('unfinished', [{ night: 0, unfinished: 1 }]);
    expect(readSeries(history, { metric: 'AP' }).map(({ key }) => key.backend)).toEqual(['cpu-float']);
    expect(readSeries(history, { metric: 'p50Ms' })).toHaveLength(2);
  });
});

describe('series hold only what can be compared', () => {
  const first: MadeUpRun = { night: 0 };
  test.each([
    ['conf', { conf: 0.01 }, 'thresholds.conf'],
    ['images', { imageIds: [1, 2] }, 'data.images'],
    ['other images, as many', { imageIds: [1, 2, 4] }, 'data.imageIdsSha256'],
    ['weights', { weights: 'd'.repeat(64) }, 'weights.sha256'],
    ['bits', { bits: 8 }, 'runs.precision'],
    ['engine', { engine: 'tfjs-wasm 4.22.0' }, 'runs.engine'],
  ] as const)('%s', async (name, change, path) => {
    const history = await historyOf(`apart-${name}`, [first, { ...change, night: 1 }]);
    for (const metric of ['AP', 'drift-AP', 'p50Ms']) {
      const series = readSeries(history, { metric, backend: 'int16' });
      expect(series.map(({ points }) => points.map(({ run }) => run))).toEqual([[2], [1]]);
      expect(keyDifferences(series[1]!.key, series[0]!.key).map((difference) => difference.path)).toContain(
        path,
      );
    }
  });

  test.each([
    ['another CPU', { cpu: 'another' }, 'timing.machine.cpu'],
    ['another core number', { coreNumber: 2 }, 'timing.coreNumber'],
  ] as const)('%s: times apart, accuracy together', async (name, change, path) => {
    const history = await historyOf(`times-${name}`, [first, { ...change, night: 1 }]);
    const series = readSeries(history, { metric: 'p50Ms', backend: 'int16' });
    expect(series.map(({ points }) => points.length)).toEqual([1, 1]);
    expect(keyDifferences(series[1]!.key, series[0]!.key).map((difference) => difference.path)).toEqual([
      path,
    ]);
    expect(readSeries(history, { metric: 'AP', backend: 'int16' })[0]!.points).toHaveLength(2);
  });

  test('another commit or version of the engine is what a series watches', async () => {
    const later: MadeUpRun = { night: 1, commit: 'e'.repeat(40), engine: 'onnxruntime-node 1.31.2' };
    const history = await historyOf('together', [first, later]);
    const { own, others } = seriesOfRun(history, 2);
    expect(own.map(({ runs }) => runs)).toEqual([2, 2, 2, 2, 2]);
    expect(others).toEqual([]);
  });

  test('the order is that of the time, not of recording', async () => {
    const history = await historyOf('order', [{ night: 2 }, { night: 0 }, { night: 1 }]);
    expect(readSeries(history, { metric: 'AP', backend: 'int16' })[0]!.points.map(({ run }) => run)).toEqual([
      2, 3, 1,
    ]);
    expect(listRuns(history).map(({ id }) => id)).toEqual([2, 3, 1]);
    expect(findRun(history, 'last').id).toBe(1);
  });
});

describe('baselines and pruning', () => {
  let history: History;
  beforeAll(async () => {
    history = await historyOf(
      'baselines',
      [0, 1, 2, 3, 4].map((night) => ({ night })),
    );
  });

  test('a baseline is set with a reason, read, moved, and each act is kept', () => {
    const now = new Date('2026-02-01T00:00:00Z');
    const set = setBaseline(history, { name: 'release-1', run: 1, reason: 'first', setBy: 'ci', now });
    expect(readBaseline(history, 'release-1')).toEqual(set);
    setBaseline(history, { name: 'release-1', run: 2, reason: 'quantised again', setBy: 'me', now });
    expect(listBaselines(history).map(({ name, run }) => [name, run])).toEqual([['release-1', 2]]);
    expect(listBaselineChanges(history).map(({ reason, setBy }) => [reason, setBy])).toEqual([
      ['first', 'ci'],
      ['quantised again', 'me'],
    ]);
    expect(findRun(history, 'release-1').id).toBe(2);
    expect(readBaseline(history, 'release-2')).toBeNull();
  });

  test.each([
    [
      { name: '7', run: 1, reason: 'a' },
      /a baseline cannot have the name "7": begin with a letter from A to Z or a to z/,
    ],
    [{ name: 'last', run: 1, reason: 'a' }, /and not 'last'/],
    [{ name: 'a', run: 1, reason: ' ' }, /without a reason/],
    [{ name: 'a', run: 77, reason: 'a' }, /has no run 77/],
  ])('%o is refused', (baseline, sentence) => {
    expect(() => setBaseline(history, { ...baseline, setBy: 'me' })).toThrow(sentence);
  });

  test('pruning keeps the latest and the baselines, and takes figures and series with the runs', () => {
    const old = runsToPrune(history, { keep: 2 });
    expect(old.map(({ id }) => id)).toEqual([1, 3]);
    expect(runsToPrune(history, { before: new Date('2026-01-03T00:00:00Z') }).map(({ id }) => id)).toEqual([
      1,
    ]);
    expect(pruneRuns(history, old)).toBe(2);
    expect(listRuns(history).map(({ id }) => id)).toEqual([2, 4, 5]);
    const runs = history.database.prepare('SELECT DISTINCT run FROM figure ORDER BY run').pluck().all();
    expect(runs).toEqual([2, 4, 5]);
  });

  test('a run that became a baseline after it was chosen stays', () => {
    const chosen = runsToPrune(history, { keep: 0 });
    setBaseline(history, { name: 'saved', run: 4, reason: 'in between', setBy: 'me' });
    expect(pruneRuns(history, chosen)).toBe(1);
    expect(listRuns(history).map(({ id }) => id)).toEqual([2, 4]);
  });

  test('the number of a run that was taken away is never given again', () => {
    expect(recordRun(history, madeUpRecord({ night: 9 })).id).toBe(6);
  });
});

test('a record that is refused by now is named as such, not as damaged', async () => {
  const history = await openHistory(join(dir, 'refused.sqlite'), { mode: 'write' });
  const record = madeUpRecord({ night: 0 });
  recordRun(history, record, { text: JSON.stringify({ ...record, startedAt: 'garbage' }) });
  expect(() => readRecordOf(history, findRun(history, 'last'))).toThrow(
    /^cannot use the record of run 1 in the history \S+: not a run record of version 1: startedAt: "garbage" is no date and time/,
  );
  history.close();
});
