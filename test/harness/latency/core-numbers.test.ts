import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseCard } from '../../../harness/latency/card-choice.ts';
import { coreNumbersUpTo, fewestAndMostCores } from '../../../harness/latency/core-numbers.ts';
import { cpuCoresOf, leftToCardSentence, scoringThreads } from '../../../harness/latency/cpu-cores.ts';

describe('core numbers that nobody asked for', () => {
  test.each([
    [1, [1]],
    [2, [1, 2]],
    [6, [1, 2, 4, 6]],
    [64, [1, 2, 4, 8, 16, 32, 64]],
  ])('powers of two up to %i, and all: %j', (all, numbers) => {
    expect(coreNumbersUpTo(all)).toEqual(numbers);
  });

  test('of a card they go up to all of its cores', () => {
    expect(chooseCard('mlu220').cores).toEqual([1, 2, 4]);
    expect(chooseCard().cores).toEqual([1, 2, 4, 8, 16]);
    expect(chooseCard('mlu290').cores).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(chooseCard('mlu290', [64, 3]).cores).toEqual([64, 3]);
  });

  test('the ends of one core are one', () => {
    expect(fewestAndMostCores(1)).toEqual([1]);
    expect(fewestAndMostCores(8)).toEqual([1, 8]);
  });
});

describe('--cores beside a card', () => {
  const laptop = { besideCard: true, all: 2 };

  test('the CPU keeps what it has, and the rest is of the card alone, with a sentence', () => {
    const cpu = cpuCoresOf([1, 4, 16], laptop);
    expect(cpu).toEqual({ cores: [1], leftToCard: [4, 16] });
    expect(leftToCardSentence(cpu, 2)).toBe(
      '--cores 4, 16: only the card has as many; this machine has 2 cores, and its backends are timed with 1 of them',
    );
  });

  test('a CPU that has none of them is timed with all that it has', () => {
    expect(cpuCoresOf([4, 16], laptop)).toEqual({ cores: [2], leftToCard: [4, 16] });
  });

  test('without a card everything is timed as asked for, and without --cores the ends are', () => {
    const alone = { besideCard: false, all: 2 };
    expect(cpuCoresOf([4, 1, 4], alone)).toEqual({ cores: [4, 1], leftToCard: [] });
    expect(cpuCoresOf(undefined, laptop)).toEqual({ cores: [1, 2], leftToCard: [] });
    expect(leftToCardSentence(cpuCoresOf([4], alone), 2)).toBeNull();
  });

  test('never more threads than cores, never none, and nothing that was asked for is lost', () => {
    const count = fc.integer({ min: 1, max: 128 });
    fc.assert(
      fc.property(fc.array(count, { minLength: 1 }), count, (asked, all) => {
        const { cores, leftToCard } = cpuCoresOf(asked, { besideCard: true, all });
        expect(cores.length).toBeGreaterThan(0);
        for (const threads of cores) expect(threads).toBeLessThanOrEqual(all);
        for (const number of asked) expect([...cores, ...leftToCard]).toContain(number);
      }),
    );
  });

  test('images are scored with the most threads that are timed, and no more than there are cores', () => {
    expect(scoringThreads([1, 16], 2)).toBe(2);
    expect(scoringThreads([1, 2], 8)).toBe(2);
  });
});
