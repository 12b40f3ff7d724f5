import { expect, test } from 'vitest';
import { tableOf } from '../../bench/print-table.ts';
import type { Figure, Row, RowResult } from '../../bench/row.ts';
import { figureOf } from '../../bench/time-in-turns.ts';

test('a figure is the median of its samples, with the least beside it', () => {
  expect(figureOf('a', 'ms', [5, 1, 9])).toEqual({ label: 'a', unit: 'ms', value: 5, least: 1, samples: 3 });
  expect(figureOf('a', 'ms', [9, 1, 5, 2]).value).toBe(3.5);
});

const figure = (value: number): Figure => figureOf('side', 'ms', [value]);
const outcome = (name: string, result: RowResult) => {
  const row: Row = { name, title: 'title', run: async () => result };
  return { row, result };
};
const measured = (ours: number, allowed: number): RowResult => ({
  state: 'measured',
  ours: figure(ours),
  against: figure(8),
  checked: 'equal',
  goal: { what: 'time', measured: ours, allowed, unit: 'ms' },
});

test('the ratio is ours divided by the other, and a goal is met up to its bound', () => {
  const [, , met, missed, skipped] = tableOf([
    outcome('met', measured(2, 2)),
    outcome('missed', measured(2.01, 2)),
    outcome('absent', { state: 'skipped', reason: 'x.onnx is not there' }),
  ]).split('\n');
  expect(met).toMatch(/^met +2\.00 ms +2\.00 ms +8\.00 ms +0\.250× +2\.00 ms ≤ 2 +pass$/);
  expect(missed).toMatch(/FAIL$/);
  expect(skipped).toMatch(/^absent +skipped$/);
  expect(tableOf([outcome('absent', { state: 'skipped', reason: 'x.onnx is not there' })])).toMatch(
    /skipped, x\.onnx is not there/,
  );
});
