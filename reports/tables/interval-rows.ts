import { formatConfidence, isNothing } from '../difference-words.ts';
import { formatDifference } from '../format-figures.ts';
import type { FigureDifferenceRecord } from '../record/index.ts';

/**
 * Two rows below those of differences, the ends of their intervals: one column would be too wide with both. None where there are no
 * intervals, and where all are from 0 to 0, which the row above says.
 */
export function intervalRows(
  figures: readonly string[],
  estimates: Readonly<Record<string, FigureDifferenceRecord | null>> | undefined,
  confidence = 0.95,
): string[][] {
  const found = Object.values(estimates ?? {}).filter((estimate) => estimate?.low != null);
  if (estimates === undefined || found.every((estimate) => estimate !== null && isNothing(estimate)))
    return [];
  return (['low', 'high'] as const).map((end) => [
    `  ${formatConfidence(confidence)} ${end}`,
    ...figures.map((name) => formatDifference(estimates[name]?.[end] ?? null)),
  ]);
}
