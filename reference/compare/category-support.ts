import { AREA_RANGES, type CategoryMatches, type MetricName } from '../evaluate/index.ts';
import { metricNamed, metricSlice } from '../evaluate/metric-slice.ts';

/** The images, by index, that have an object of a category that counts for a metric; by metric and category, row-major. */
export function supportOf(
  matches: readonly CategoryMatches[],
  metrics: readonly MetricName[],
): Uint32Array[] {
  const byArea = AREA_RANGES.map((_, area) => matches.map((category) => imagesWith(category, area)));
  return metrics.flatMap((name) => byArea[metricSlice(metricNamed(name)).area]!);
}

function imagesWith({ groundTruthImages, groundTruthIgnored }: CategoryMatches, area: number): Uint32Array {
  const found = new Set<number>();
  for (let g = 0; g < groundTruthImages.length; g++) {
    if (((groundTruthIgnored[g]! >>> area) & 1) === 0) found.add(groundTruthImages[g]!);
  }
  return Uint32Array.from(found);
}
