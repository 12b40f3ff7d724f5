import { COCO_METRICS, type MetricName } from '../../reference/evaluate/metric-names.ts';
import { coreOf } from './backend-at-core.ts';
import { QUANTIZED_BACKENDS } from './option-choices.ts';

/** The loss of a figure that is allowed against the reference; a fraction. */
export interface Budget {
  /** Null for every backend that has no budget of its own for the figure. */
  readonly backend: string | null;
  readonly metric: MetricName;
  readonly budget: number;
}

const METRIC_NAMES: readonly string[] = COCO_METRICS.map(({ name }) => name);
const BACKEND_NAMES: readonly string[] = ['cpu-float', ...QUANTIZED_BACKENDS];

/** @returns what is wrong with the left side of `AP=0.005` or `mlu-offline:AP=0.01`; null where nothing is. */
export function troubleOfBudgetKey(key: string): string | null {
  const { backend, metric } = partsOf(key);
  if (backend !== null && !BACKEND_NAMES.includes(backend)) {
    return `'${backend}' is no backend; those are ${BACKEND_NAMES.join(', ')}`;
  }
  return METRIC_NAMES.includes(metric)
    ? null
    : `'${metric}' is no figure; those are ${METRIC_NAMES.join(', ')}`;
}

/** Budgets as the options of a command hold them, `{ AP: 0.005, 'mlu-offline:AP': 0.01 }`, their keys checked before. */
export function budgetsOf(entries: Readonly<Record<string, number>>): Budget[] {
  return Object.entries(entries).map(([key, budget]) => {
    const { backend, metric } = partsOf(key);
    return { backend, metric: metric as MetricName, budget };
  });
}

/** Those that hold for a backend, at whatever core number, in the order of COCO's figures: its own before the one for all. */
export function budgetsFor(budgets: readonly Budget[], name: string): Budget[] {
  const { base } = coreOf(name);
  return METRIC_NAMES.flatMap((metric) => {
    const given = budgets.filter((budget) => budget.metric === metric);
    const found =
      given.find(({ backend }) => backend === base) ?? given.find(({ backend }) => backend === null);
    return found ? [found] : [];
  });
}

function partsOf(key: string): { backend: string | null; metric: string } {
  const colon = key.indexOf(':');
  return colon < 0
    ? { backend: null, metric: key }
    : { backend: key.slice(0, colon), metric: key.slice(colon + 1) };
}
