import { quantile, sortSamples } from '../../reference/statistics/index.ts';
import type { Distribution } from '../../reports/record/index.ts';

/** How a figure is distributed over images. Infinite values (the SQNR of equal outputs) are left out of it. */
export function distributionOf(values: readonly number[]): Distribution {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { count: 0, min: null, median: null, mean: null, p90: null, max: null };
  const sorted = sortSamples(finite);
  return {
    count: finite.length,
    min: sorted[0]!,
    median: quantile(sorted, 0.5),
    mean: finite.reduce((sum, value) => sum + value, 0) / finite.length,
    p90: quantile(sorted, 0.9),
    max: sorted.at(-1)!,
  };
}
