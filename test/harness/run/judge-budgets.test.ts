import { describe, expect, test } from 'vitest';
import { exitCodeOfJudgements, judgeBudget } from '../../../harness/run/judge-budgets.ts';

const estimate = (low: number, high: number) => ({
  difference: (low + high) / 2,
  standardError: (high - low) / 3.92,
  low,
  high,
  images: 200,
});
const judge = (low: number, high: number, change: { withinTies?: boolean; reference?: number | null } = {}) =>
  judgeBudget('AP', 0.01, {
    estimate: estimate(low, high),
    withinTies: false,
    reference: 0.4,
    ...change,
  });

describe('a difference held against a budget', () => {
  test('is regressed, equivalent, or not to be told, by its interval', () => {
    expect(judge(-0.05, -0.02).verdict).toBe('regressed');
    expect(judge(-0.009, 0.002).verdict).toBe('equivalent');
    expect(judge(-0.03, 0.002)).toMatchObject({ verdict: 'cannot-tell', direction: 'unclear' });
    expect(judge(-0.03, 0.002).imagesNeeded).toBeGreaterThan(200);
  });

  test('is never passed for want of something to lose', () => {
    expect(judge(0, 0).verdict).toBe('equivalent');
    expect(judge(0, 0, { reference: 0 }).verdict).toBe('cannot-tell');
    expect(judge(0, 0, { reference: null }).verdict).toBe('cannot-tell');
    const nothing = { estimate: null, withinTies: false, reference: 0.4 };
    expect(judgeBudget('AP', 0.01, nothing).verdict).toBe('cannot-tell');
    const noInterval = { difference: 0, standardError: null, low: null, high: null, images: 9 };
    expect(judgeBudget('AP', 0.01, { ...nothing, estimate: noInterval }).verdict).toBe('cannot-tell');
  });

  test('is no loss where the order of equal scores can make it', () => {
    expect(judge(-0.05, -0.02, { withinTies: true })).toMatchObject({
      verdict: 'cannot-tell',
      withinTies: true,
      imagesNeeded: null,
    });
    expect(judge(-0.009, 0.002, { withinTies: true }).verdict).toBe('equivalent');
  });

  test('ends with 1 where one is regressed, else with 4 where one cannot be told, else with 0', () => {
    const [bad, unknown, good] = [judge(-0.05, -0.02), judge(-0.03, 0.002), judge(-0.009, 0.002)];
    expect(exitCodeOfJudgements([good!, unknown!, bad!])).toBe(1);
    expect(exitCodeOfJudgements([good!, unknown!])).toBe(4);
    expect(exitCodeOfJudgements([good!])).toBe(0);
    expect(exitCodeOfJudgements([])).toBe(0);
  });
});
