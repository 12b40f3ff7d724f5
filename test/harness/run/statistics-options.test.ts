import { describe, expect, test } from 'vitest';
import { budgetsFor, budgetsOf } from '../../../harness/config/budget.ts';
import { checkConfig } from '../../../harness/config/load-config.ts';
import { parseBudget } from '../../../harness/config/parse-values.ts';
import { resolveStatistics } from '../../../harness/run/statistics-options.ts';

const both = { backends: ['cpu-float', 'int16', 'int8'] as ('cpu-float' | 'int16' | 'int8')[] };

describe('budgets', () => {
  test('add up as they are typed, and the last one for the same figure counts', () => {
    const typed = ['AP=0.005', 'int8:AP=0.02', 'AP50=0.01', 'AP=0.004'].reduce(
      (previous, text) => parseBudget(text, previous),
      {},
    );
    expect(typed).toEqual({ AP: 0.004, 'int8:AP': 0.02, AP50: 0.01 });
    expect(checkConfig({ budgets: typed }, 'options').budgets).toEqual(typed);
  });

  test.each([
    ['AP', /'AP' is not a budget such as AP=0.005/],
    ['AP=', /'' is not a number/],
    ['AP=1=2', /not a budget/],
    ['mAP=0.01', /'mAP' is no figure; those are AP, AP50/],
    ['mlu:AP=0.01', /'mlu' is no backend; those are cpu-float, int16/],
    ['AP=1.5', /'1.5' is no loss that can be allowed/],
    ['AP=-0.01', /'-0.01' is no loss that can be allowed/],
  ])('%s is refused', (text, message) => expect(() => parseBudget(text)).toThrow(message));

  test('of a file are checked by key and value', () => {
    expect(() => checkConfig({ budgets: { mAP: 0.01 } }, 'options')).toThrow(
      /'budgets.mAP' is 0.01, but: 'mAP' is no figure/,
    );
    expect(() => checkConfig({ budgets: { AP: 2 } }, 'options')).toThrow(/it must be at most 1/);
    expect(() => checkConfig({ replicates: 5 }, 'options')).toThrow(
      /'replicates' is 5, but: it must be 0, or at least 100/,
    );
  });

  test("a backend's own comes before the one for all, in the order of COCO's figures", () => {
    const budgets = budgetsOf({ AR100: 0.03, AP: 0.005, 'int8:AP': 0.02, 'int8:AP50': 0.01 });
    expect(budgetsFor(budgets, 'int8').map(({ metric, budget }) => [metric, budget])).toEqual([
      ['AP', 0.02],
      ['AP50', 0.01],
      ['AR100', 0.03],
    ]);
    expect(budgetsFor(budgets, 'int16').map(({ budget }) => budget)).toEqual([0.005, 0.03]);
  });

  test('of the reference, of a backend that is not run, or with nothing drawn, are refused where they were typed', () => {
    const resolve = (config: object) => resolveStatistics({ ...both, ...config }, config);
    expect(() => resolve({ budgets: { 'cpu-float:AP': 0.01 } })).toThrow(/cpu-float is the reference/);
    expect(() => resolve({ budgets: { 'mlu-offline:AP': 0.01 } })).toThrow(/does not name mlu-offline/);
    expect(() => resolve({ budgets: { AP: 0.01 }, replicates: 0 })).toThrow(/leaves no interval/);
    const file = { ...both, budgets: { AP: 0.01, 'mlu-offline:AP': 0.01 } };
    expect(resolveStatistics(file, {}).budgets).toEqual([{ backend: null, metric: 'AP', budget: 0.01 }]);
    expect(resolveStatistics(file, { replicates: 0 })).toMatchObject({ replicates: 1000 });
    expect(resolveStatistics({ ...file, replicates: 0 }, { replicates: 0 })).toEqual({
      budgets: [],
      replicates: 0,
    });
  });
});
