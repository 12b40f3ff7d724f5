import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  latencyBudgetFor,
  latencyBudgetsOf,
  troubleOfLatencyKey,
} from '../../../harness/config/latency-budget.ts';
import { parseLatencyBudget } from '../../../harness/config/parse-values.ts';

test('a slowdown of all times, of a backend, at a core number and batch', () => {
  const entries = ['5%', 'mlu-offline=+4%', 'mlu-offline:4=3 %', 'mlu-offline:4:8=0.5%'].reduce(
    (previous, text) => parseLatencyBudget(text, previous),
    {},
  );
  expect(entries).toEqual({
    all: 0.05,
    'mlu-offline': 0.04,
    'mlu-offline:4': 0.03,
    'mlu-offline:4:8': 0.005,
  });
  const budgets = latencyBudgetsOf(entries);
  const of = (backend: string, coreNumber: number, batch: number) =>
    latencyBudgetFor(budgets, { backend, coreNumber, batch })?.slowdown;
  expect([
    of('int16', 1, 1),
    of('mlu-offline', 1, 1),
    of('mlu-offline', 4, 1),
    of('mlu-offline', 4, 8),
  ]).toEqual([...[0.05, 0.04, 0.03, 0.005]]);
});

test('anything else is refused in a sentence', () => {
  for (const text of [
    '5',
    'x',
    'gpu=5%',
    'int16:0=5%',
    'int16:4:=5%',
    'int16=-5%',
    'int16=5%%',
    '=5%',
    'int16=1.2.3%',
  ])
    expect(() => parseLatencyBudget(text), text).toThrow(/is no|is not|names no times/);
  fc.assert(
    fc.property(fc.string(), (key) => {
      const trouble = troubleOfLatencyKey(key);
      if (trouble === null) expect(latencyBudgetsOf({ [key]: 0.1 })).toHaveLength(1);
      else expect(trouble).toMatch(/names no times|is no backend/);
    }),
  );
});
