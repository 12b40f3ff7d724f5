import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nightlyViewOf } from '../../../harness/history/nightly-view.ts';
import { openHistory, recordRun } from '../../../harness/store/history/index.ts';
import { madeUpRecord } from '../../support/made-up-record.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
const NOW = new Date('2026-12-01T00:00:00.000Z');

async function viewOf(name: string, weights: readonly string[]) {
  const history = await openHistory(join(dir, name), { mode: 'write' });
  weights.forEach((letter, night) => {
    recordRun(history, madeUpRecord({ night, weights: letter.repeat(64) }));
  });
  const view = nightlyViewOf(history, NOW);
  history.close();
  return view;
}

test('after a change of weights the earlier runs are in a series of their own, which says what differs', async () => {
  const { trends, runs, leftOut } = await viewOf('two.sqlite', ['b', 'b', 'b', 'd']);
  const ap = trends.filter(({ metric, category, label }) => {
    return metric === 'AP' && category === '' && label === 'int16 (emulated)';
  });
  expect(ap.map(({ differs, points }) => [differs, points.map(({ run }) => run)])).toEqual([
    ['', [4]],
    ['weights bbbbbbbb → dddddddd', [1, 2, 3]],
  ]);
  expect(runs.map(({ ap: own, differs }) => [own['int16 (emulated)'], differs])).toEqual([
    ...Array(3).fill([0.3231, 'weights bbbbbbbb → dddddddd']),
    [0.3231, ''],
  ]);
  // Of categories the latest series is looked at.
  expect(trends.some(({ category, differs }) => category !== '' && differs !== '')).toBe(false);
  expect(leftOut).toEqual({});
});

test('of many series five older ones are shown, and the rest is counted', async () => {
  const { trends, leftOut } = await viewOf('many.sqlite', [...'0123456789']);
  const int16 = trends.filter(({ metric, category, label }) => {
    return metric === 'AP50' && category === '' && label === 'int16 (emulated)';
  });
  expect(int16.map(({ points }) => points[0]!.run)).toEqual([10, 9, 8, 7, 6, 5]);
  // Of cpu-float as many, in the same runs.
  expect(leftOut.AP50).toEqual({ series: 8, runs: 4 });
});
