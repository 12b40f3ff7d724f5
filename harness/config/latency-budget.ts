import { QUANTIZED_BACKENDS } from './option-choices.ts';

/** The slowdown of p50 that is allowed against a baseline; a share of it. */
export interface LatencyBudget {
  /** Null for every one that has no budget nearer to the point. */
  readonly backend: string | null;
  readonly coreNumber: number | null;
  readonly batch: number | null;
  readonly slowdown: number;
}

const BACKEND_NAMES: readonly string[] = ['cpu-float', ...QUANTIZED_BACKENDS];
const KEY = /^([\w-]+)(?::([1-9]\d{0,3}))?(?::([1-9]\d{0,3}))?$/;

/** @returns what is wrong with the left side of `mlu-offline:4=5%`; null where nothing is. */
export function troubleOfLatencyKey(key: string): string | null {
  const backend = KEY.exec(key)?.[1];
  if (backend === undefined) {
    return `'${key}' names no times; give all, BACKEND, BACKEND:CORES or BACKEND:CORES:BATCH, as mlu-offline:4`;
  }
  return backend === 'all' || BACKEND_NAMES.includes(backend)
    ? null
    : `'${backend}' is no backend; those are ${BACKEND_NAMES.join(', ')}, or all`;
}

/** Budgets as the options hold them, `{ all: 0.05, 'mlu-offline:4': 0.02 }`, their keys checked before. */
export function latencyBudgetsOf(entries: Readonly<Record<string, number>>): LatencyBudget[] {
  return Object.entries(entries).map(([key, slowdown]) => {
    const [, backend, cores, batch] = KEY.exec(key)!;
    return {
      backend: backend === 'all' ? null : backend!,
      coreNumber: cores === undefined ? null : Number(cores),
      batch: batch === undefined ? null : Number(batch),
      slowdown,
    };
  });
}

export interface TimedPoint {
  readonly backend: string;
  readonly coreNumber: number;
  readonly batch: number;
}

export function isOf(budget: LatencyBudget, point: TimedPoint): boolean {
  return (['backend', 'coreNumber', 'batch'] as const).every(
    (key) => budget[key] === null || budget[key] === point[key],
  );
}

/** The one that says most of the point; null where none is of it. */
export function latencyBudgetFor(budgets: readonly LatencyBudget[], point: TimedPoint): LatencyBudget | null {
  const nearness = ({ backend, coreNumber, batch }: LatencyBudget): number =>
    (backend === null ? 0 : 4) + (coreNumber === null ? 0 : 2) + (batch === null ? 0 : 1);
  return budgets
    .filter((budget) => isOf(budget, point))
    .reduce<LatencyBudget | null>(
      (best, budget) => (best === null || nearness(budget) > nearness(best) ? budget : best),
      null,
    );
}
