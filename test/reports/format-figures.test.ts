import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCount,
  formatDifference,
  formatFigure,
  formatMilliseconds,
  formatShare,
  formatSmall,
  formatUpper,
} from '../../reports/format-figures.ts';

describe('figures as a person reads them', () => {
  test.each([
    [0.32366, '0.3237'],
    [0, '0.0000'],
    [1, '1.0000'],
    [null, '–'],
  ])('an AP of %s is %s', (value, text) => expect(formatFigure(value)).toBe(text));

  test.each([
    [0.00364, '+0.0036'],
    [-0.15699, '−0.1570'],
    [0, '0.0000'],
    [-0.00004, '0.0000'],
    [0.00004, '0.0000'],
    [null, '–'],
  ])('a difference of %s is %s: a sign only where a digit is left', (value, text) =>
    expect(formatDifference(value)).toBe(text),
  );

  test.each([
    [0, '0'],
    [97.00830823, '97.01'],
    [-0.1382, '-0.1382'],
    [0.000937, '9.37e-4'],
    [123456, '1.23e+5'],
    [null, '–'],
  ])('four significant digits: %s is %s', (value, text) => {
    expect(formatSmall(value).replace('−', '-')).toBe(text);
  });

  test('a bound is rounded up, and by no more than its last digit', () => {
    expect(formatUpper(1.42144)).toBe('1.422');
    expect(formatUpper(0.5)).toBe('0.5000');
    expect(formatUpper(0)).toBe('0');
    const bound = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
    fc.assert(
      fc.property(bound, (value) => {
        const printed = Number(formatUpper(value).replaceAll('−', '-'));
        expect(printed).toBeGreaterThanOrEqual(value);
        expect(printed).toBeLessThanOrEqual(value * 1.011);
      }),
    );
  });

  test.each([
    [9.994, '9.99'],
    [21.44, '21.4'],
    [null, '–'],
  ])('%s milliseconds are %s', (value, text) => expect(formatMilliseconds(value)).toBe(text));

  test('a share is 0 % only where it is none at all', () => {
    expect(formatShare(0, 100)).toBe('0 %');
    expect(formatShare(1, 1_000_000)).toBe('< 0.01 %');
    expect(formatShare(40181, 8652800)).toBe('0.46 %');
  });

  test('one of a thing is no plural', () => {
    expect([0, 1, 2].map((count) => formatCount(count, 'thread'))).toEqual([
      '0 threads',
      '1 thread',
      '2 threads',
    ]);
  });
});
