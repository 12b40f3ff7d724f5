import { type Budget, budgetsOf } from '../config/budget.ts';
import { flagOf } from '../config/flag-of.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { DEFAULT_BACKENDS } from './backend-options.ts';

/** How sure the differences are to be told, and what loss is allowed. */
export interface StatisticsOptions {
  readonly budgets: readonly Budget[];
  /** Of the bootstrap; 0 = no statistics. */
  readonly replicates: number;
}

/** They leave an error of 3 % in a standard error. */
export const DEFAULT_REPLICATES = 1000;

/**
 * @param typed what must have an effect; a configuration file may hold budgets of more backends than this run has.
 * @throws UsageError for a budget of a backend that is not run or is the reference, and for what is typed without effect.
 */
export function resolveStatistics(config: RunConfig, typed: RunConfig): StatisticsOptions {
  const [reference, ...others] = config.backends ?? DEFAULT_BACKENDS;
  const replicates = config.replicates ?? DEFAULT_REPLICATES;
  const typedKeys = Object.keys(typed.budgets ?? {});
  for (const { backend, metric, budget } of budgetsOf(typed.budgets ?? {})) {
    const flag = budgetFlag(backend, metric, budget);
    if (backend === reference) {
      throw new UsageError(
        `${flag} has no effect: ${backend} is the reference, which the others are held against; name another backend`,
      );
    }
    if (backend !== null && !others.some((name) => name === backend)) {
      throw new UsageError(
        `${flag} has no effect: --backends does not name ${backend}; leave it out, or add it`,
      );
    }
    if (others.length === 0) {
      throw new UsageError(
        `${flag} has no effect: ${reference} is the only backend, and a budget is of a difference; leave it out, or add another to --backends`,
      );
    }
  }
  if (typed.replicates !== undefined && others.length === 0) {
    throw new UsageError(
      `${flagOf('replicates', typed.replicates)} has no effect: ${reference} is the only backend, and there is no difference; leave it out`,
    );
  }
  if (replicates === 0 && typedKeys.length > 0) {
    throw new UsageError(
      '--replicates 0 leaves no interval to judge a budget by: leave out --budget, or give --replicates 1000',
    );
  }
  const inEffect = replicates === 0 ? [] : budgetsOf(config.budgets ?? {});
  return {
    budgets: inEffect.filter(({ backend }) => backend === null || others.some((name) => name === backend)),
    replicates,
  };
}

/** Whether a seed is drawn with: whether there are differences to be sure of. */
export function drawsReplicates(config: RunConfig): boolean {
  return (config.replicates ?? DEFAULT_REPLICATES) > 0 && (config.backends ?? DEFAULT_BACKENDS).length > 1;
}

function budgetFlag(backend: string | null, metric: string, budget: number): string {
  return `--budget ${backend === null ? '' : `${backend}:`}${metric}=${budget}`;
}
