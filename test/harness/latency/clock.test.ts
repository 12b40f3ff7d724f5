import { expect, test } from 'vitest';
import { clockResolution, systemClock } from '../../../harness/latency/clock.ts';

test('the resolution is the least step of a clock, whatever lies between its readings', () => {
  let reads = 0;
  const tenths = { now: () => Math.floor(reads++ / 30) / 10 };
  expect(clockResolution(tenths)).toBeCloseTo(0.1, 9);
});

test('a clock that stands still has none, and does not keep anyone waiting', () => {
  expect(clockResolution({ now: () => 7 })).toBeNull();
});

test("this machine's clock steps by less than a hundredth of a millisecond", () => {
  expect(clockResolution(systemClock)).toBeGreaterThan(0);
  expect(clockResolution(systemClock)).toBeLessThan(0.01);
});
