import { formatConfidence } from '../difference-words.ts';
import { formatDifference } from '../format-figures.ts';
import type { FigureDifferenceRecord } from '../record/index.ts';

/** Two rows below those of differences, the ends of their intervals: one column would be too wide with both. */
export function intervalRows(
  figures: readonly string[],
  estimates: Readonly<Record<string, FigureDifferenceRecord | null>> | undefined,
  confidence = 0.95,
): string[][] {
  if (estimates === undefined || !Object.values(estimates).some((estimate) => estimate?.low != null))
    return [];
  return (['low', 'high'] as const).map((end) => [
    `  ${formatConfidence(confidence)} ${end}`,
    ...figures.map((name) => formatDifference(estimates[name]?.[end] ?? null)),
  ]);
}
