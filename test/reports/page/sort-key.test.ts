import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatDifference,
  formatFigure,
  formatInterval,
  formatP,
  formatShare,
  formatSmall,
} from '../../../reports/format-figures.ts';
import { compareKeys, sortKey } from '../../../reports/page/sort-key.ts';

describe('what a cell is sorted by', () => {
  test.each([
    ['0.3237', 0.3237],
    ['−0.0021', -0.0021],
    ['+0.0008', 0.0008],
    ['12.50 %', 12.5],
    ['8,652,800', 8_652_800],
    ['1.86e−4', 1.86e-4],
    ['−3.25e−5', -3.25e-5],
    ['−0.0053 … +0.0042', -0.0053],
    ['+5.3 % (+4.1 … +6.6 %)', 5.3],
    ['–', null],
    ['', null],
    ['person', 'person'],
    ['416x416 images', '416x416 images'],
    ['−', '−'],
  ])('%j: %j', (cell, key) => expect(sortKey(cell)).toBe(key));

  test('what is below a bound is less than the bound', () => {
    expect(sortKey('< 0.001')).toBeLessThan(0.001);
    expect(compareKeys(sortKey('< 0.001'), sortKey('0.001'), 1)).toBeLessThan(0);
  });

  test('cells as the report writes them are in the order of their numbers', () => {
    const figure = fc.double({ min: -1, max: 1, noNaN: true });
    for (const write of [formatDifference, formatSmall, (x: number) => formatInterval({ low: x, high: 1 })]) {
      fc.assert(
        fc.property(figure, figure, (a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(compareKeys(sortKey(write(low)), sortKey(write(high)), 1)).toBeLessThanOrEqual(0);
        }),
      );
    }
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    for (const write of [formatFigure, formatP, (x: number) => formatShare(x, 1)]) {
      fc.assert(
        fc.property(share, share, (a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(compareKeys(sortKey(write(low)), sortKey(write(high)), 1)).toBeLessThanOrEqual(0);
        }),
      );
    }
  });
});

test('nothing comes last both ways, words after numbers', () => {
  const keys = ['–', 'b', '2', 'a', '−1'].map(sortKey);
  const sorted = (direction: 1 | -1) => [...keys].sort((a, b) => compareKeys(a, b, direction));
  expect(sorted(1)).toEqual([-1, 2, 'a', 'b', null]);
  expect(sorted(-1)).toEqual([2, -1, 'b', 'a', null]);
});
