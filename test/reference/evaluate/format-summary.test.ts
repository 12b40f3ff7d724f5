import { describe, expect, it } from 'vitest';
import { COCO_METRICS, type CocoStats, formatSummary } from '../../../reference/evaluate/index.ts';

function statsOf(value: number): CocoStats {
  return Object.fromEntries(COCO_METRICS.map(({ name }) => [name, value])) as unknown as CocoStats;
}

function printed(value: number): string | undefined {
  return formatSummary(statsOf(value)).split('\n')[0]!.split(' = ')[1];
}

describe('formatSummary prints as Python does', () => {
  it.each([
    [-1, '-1.000'],
    [0, '0.000'],
    [1, '1.000'],
    [0.9999999999999998, '1.000'],
    [0.0005, '0.001'],
    [0.0015, '0.002'],
    [0.3235, '0.324'],
  ])('%f as %s', (value, text) => {
    expect(printed(value)).toBe(text);
  });

  it.each([
    [0.0625, '0.062'],
    [0.1875, '0.188'],
    [0.3125, '0.312'],
    [0.4375, '0.438'],
    [0.9375, '0.938'],
  ])('an exact tie to the even digit: %f as %s', (value, text) => {
    expect(printed(value)).toBe(text);
  });
});
