import { describe, expect, test } from 'vitest';
import { startPatience } from '../../../harness/device/patience.ts';
import { TextTail } from '../../../harness/device/text-tail.ts';

/** A clock that is moved by hand; an alarm rings at most once in each move, as it does after a thread was held. */
function handClock() {
  let now = 0;
  let set: { at: number; ring: () => void } | null = null;
  return {
    alarm(milliseconds: number, ring: () => void) {
      const mine = { at: now + milliseconds, ring };
      set = mine;
      return () => {
        if (set === mine) set = null;
      };
    },
    move(milliseconds: number) {
      now += milliseconds;
      if (set && set.at <= now) {
        const { ring } = set;
        set = null;
        ring();
      }
    },
  };
}

describe('patience', () => {
  test('rings after its seconds, once', () => {
    const clock = handClock();
    let rung = 0;
    startPatience(clock, 30, () => rung++);
    for (let second = 0; second < 29; second++) clock.move(1000);
    expect(rung).toBe(0);
    for (let second = 0; second < 60; second++) clock.move(1000);
    expect(rung).toBe(1);
  });

  test('begins again at each sign of life, and is never shorter than its seconds', () => {
    const clock = handClock();
    let rung = 0;
    const patience = startPatience(clock, 30, () => rung++);
    for (let second = 0; second < 100; second++) {
      clock.move(1000);
      patience.restart();
    }
    for (let second = 0; second < 30; second++) clock.move(1000);
    expect(rung).toBe(0);
    for (let second = 0; second < 3; second++) clock.move(1000);
    expect(rung).toBe(1);
    patience.stop();
  });

  test('does not blame the other side for minutes in which this thread was held', () => {
    const clock = handClock();
    let rung = 0;
    const patience = startPatience(clock, 30, () => rung++);
    for (let inference = 0; inference < 5; inference++) {
      clock.move(120_000);
      // What lay in the pipe is read in the same turn of the event loop.
      patience.restart();
    }
    expect(rung).toBe(0);
    patience.stop();
    for (let second = 0; second < 60; second++) clock.move(1000);
    expect(rung).toBe(0);
  });
});

test('the tail of a flood is its last 20 lines, 8 kB at most, without control characters', () => {
  const tail = new TextTail();
  for (let line = 0; line < 1000; line++) tail.push(Buffer.from(`\u001b[31mline ${line}\r\n\n`));
  const lines = tail.lines();
  expect(lines).toHaveLength(20);
  expect(lines.at(-1)).toBe('[31mline 999');
  tail.push(Buffer.alloc(1e6, 'x'));
  expect(tail.lines()).toEqual([`${'x'.repeat(497)}...`]);
});
