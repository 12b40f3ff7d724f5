import { type Budget, budgetsOf } from '../config/budget.ts';
import { type LatencyBudget, latencyBudgetsOf } from '../config/latency-budget.ts';
import type { RunConfig } from '../config/run-config.ts';
import { DEFAULT_REPLICATES } from '../run/statistics-options.ts';

/** What a gate allows, and how it comes to its intervals. */
export interface GateOptions {
  readonly budgets: readonly Budget[];
  readonly latencyBudgets: readonly LatencyBudget[];
  /** Whether nobody said what loss of accuracy is allowed. */
  readonly isDefault: boolean;
  /** Whether the command line asks for times to be judged, so that a run without any is no pass. */
  readonly mustBeTimed: boolean;
  readonly replicates: number;
  readonly seed: number;
}

/** Of AP, where no budget is given: half a point, which quantisation to int16 stays well below. */
export const DEFAULT_BUDGET = 0.005;

/**
 * The command line wins over the file, key by key. A budget of times leaves the default one of AP as it is: nobody who asks for
 * times gives accuracy away by that.
 */
export function resolveGateOptions(fromFile: RunConfig, typed: RunConfig): GateOptions {
  const budgets = typed.budgets ?? fromFile.gateBudgets ?? fromFile.budgets;
  const latencyBudgets = typed.latencyBudgets ?? fromFile.latencyBudgets;
  return {
    budgets: budgetsOf(budgets ?? { AP: DEFAULT_BUDGET }),
    latencyBudgets: latencyBudgetsOf(latencyBudgets ?? {}),
    isDefault: budgets === undefined,
    mustBeTimed: Object.keys(typed.latencyBudgets ?? {}).length > 0,
    // A gate without intervals could say nothing: 0 is of run.
    replicates: typed.replicates || fromFile.replicates || DEFAULT_REPLICATES,
    seed: typed.seed ?? fromFile.seed ?? 0,
  };
}
