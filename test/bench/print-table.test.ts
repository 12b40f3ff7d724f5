import { expect, test } from 'vitest';
import { tableOf } from '../../bench/print-table.ts';
import {
  type Figure,
  type Goal,
  type Row,
  type RowResult,
  type Verdict,
  verdictOf,
} from '../../bench/row.ts';
import { figureOf } from '../../bench/time-in-turns.ts';

test('a figure is the median of its samples, with the least beside it', () => {
  expect(figureOf('a', 'ms', [5, 1, 9])).toEqual({ label: 'a', unit: 'ms', value: 5, least: 1, samples: 3 });
  expect(figureOf('a', 'ms', [9, 1, 5, 2]).value).toBe(3.5);
});

const figure = (value: number): Figure => figureOf('side', 'ms', [value]);
const outcome = (name: string, result: RowResult, verdict: Verdict | null = null) => {
  const row: Row = { name, title: 'title', run: async () => result };
  return { row, result, verdict };
};
const goal = (measured: number, least: number): Goal => ({
  what: 'time',
  measured,
  least,
  allowed: 2,
  unit: 'ms',
});
const measured = (ours: number): RowResult => ({
  state: 'measured',
  ours: figure(ours),
  against: figure(8),
  checked: 'equal',
  goal: goal(ours, ours),
});

test('a goal is met up to its bound; on a busy machine the least sample leaves the verdict open', () => {
  expect(verdictOf(goal(2, 1), 9, 2)).toBe('pass');
  expect(verdictOf(goal(2.01, 2), 2, 2)).toBe('FAIL');
  expect(verdictOf(goal(2.01, 2), 2.1, 2)).toBe('busy');
  expect(verdictOf(goal(2.02, 2.01), 9, 2)).toBe('FAIL');
});

test('the ratio is ours divided by the other', () => {
  const [, , met, missed, skipped] = tableOf([
    outcome('met', measured(2), 'pass'),
    outcome('missed', measured(2.01), 'FAIL'),
    outcome('absent', { state: 'skipped', reason: 'x.onnx is not there' }),
  ]).split('\n');
  expect(met).toMatch(/^met +2\.00 ms +2\.00 ms +8\.00 ms +0\.250× +2\.00 ms ≤ 2 +pass$/);
  expect(missed).toMatch(/FAIL$/);
  expect(skipped).toMatch(/^absent +skipped$/);
  expect(tableOf([outcome('absent', { state: 'skipped', reason: 'x.onnx is not there' })])).toMatch(
    /skipped, x\.onnx is not there/,
  );
});
