import { type Budget, budgetsOf } from '../config/budget.ts';
import { type LatencyBudget, latencyBudgetsOf } from '../config/latency-budget.ts';
import type { RunConfig } from '../config/run-config.ts';
import { DEFAULT_REPLICATES } from '../run/statistics-options.ts';

/** What a gate allows, and how it comes to its intervals. */
export interface GateOptions {
  readonly budgets: readonly Budget[];
  readonly latencyBudgets: readonly LatencyBudget[];
  /** Whether nobody said what loss is allowed. */
  readonly isDefault: boolean;
  readonly replicates: number;
  readonly seed: number;
}

/** Of AP, where no budget is given: half a point, which quantisation to int16 stays well below. */
export const DEFAULT_BUDGET = 0.005;

/** The command line wins over the file, key by key. */
export function resolveGateOptions(fromFile: RunConfig, typed: RunConfig): GateOptions {
  const budgets = typed.budgets ?? fromFile.gateBudgets ?? fromFile.budgets;
  const latencyBudgets = typed.latencyBudgets ?? fromFile.latencyBudgets;
  const isDefault = budgets === undefined && latencyBudgets === undefined;
  return {
    budgets: budgetsOf(budgets ?? (isDefault ? { AP: DEFAULT_BUDGET } : {})),
    latencyBudgets: latencyBudgetsOf(latencyBudgets ?? {}),
    isDefault,
    // A gate without intervals could say nothing: 0 is of run.
    replicates: typed.replicates || fromFile.replicates || DEFAULT_REPLICATES,
    seed: typed.seed ?? fromFile.seed ?? 0,
  };
}
