import { describe, expect, test } from 'vitest';
import { isScenesName, parseScenesName } from '../../../datasets/index.ts';

describe('scenes:COUNT?seed=N', () => {
  test.each([
    ['scenes:200?seed=7', { count: 200, seed: 7 }],
    ['scenes:1', { count: 1, seed: 0 }],
    ['scenes:100000?seed=32767', { count: 100_000, seed: 32_767 }],
  ])('%s', (text, expected) => {
    expect(isScenesName(text)).toBe(true);
    expect(parseScenesName(text)).toEqual(expected);
  });

  test.each([
    'scenes:',
    'scenes:0',
    'scenes:100001',
    'scenes:-3',
    'scenes:1.5',
    'scenes:5?seed=32768',
    'scenes:5?seed=-1',
    'scenes:5?seed=',
    'scenes:5?sed=1',
    'scenes:5?seed=1&seed=2',
    'scenes:1e3',
    'scenes:٣',
  ])('%s is refused in one sentence with the allowed form', (text) => {
    expect(() => parseScenesName(text)).toThrow(
      new RangeError(
        `cannot draw the scenes '${text}': write scenes:COUNT?seed=N with COUNT from 1 to 100000 and N from 0 to 32767`,
      ),
    );
  });

  test('a folder is not taken for scenes', () => {
    expect(['scenes', './scenes:3', 'coco', 'C:\\scenes'].map(isScenesName)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
