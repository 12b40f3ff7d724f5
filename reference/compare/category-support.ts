import { AREA_RANGES, type CategoryMatches, type MetricName } from '../evaluate/index.ts';
import { metricNamed, metricSlice } from '../evaluate/metric-slice.ts';

/** The images that have an object of a category that counts for a metric. */
export interface CategorySupport {
  readonly images: number;
  /** Index of the first of them; −1 without any. */
  readonly firstImage: number;
}

/** By metric and category, row-major. */
export function supportOf(
  matches: readonly CategoryMatches[],
  metrics: readonly MetricName[],
): CategorySupport[] {
  const byArea = AREA_RANGES.map((_, area) => matches.map((category) => imagesWith(category, area)));
  return metrics.flatMap((name) => byArea[metricSlice(metricNamed(name)).area]!);
}

function imagesWith(
  { groundTruthImages, groundTruthIgnored }: CategoryMatches,
  area: number,
): CategorySupport {
  const found = new Set<number>();
  for (let g = 0; g < groundTruthImages.length; g++) {
    if (((groundTruthIgnored[g]! >>> area) & 1) === 0) found.add(groundTruthImages[g]!);
  }
  return { images: found.size, firstImage: found.values().next().value ?? -1 };
}
