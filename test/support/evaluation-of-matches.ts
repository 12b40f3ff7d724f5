import {
  accumulate,
  type CategoryMatches,
  type CocoEvaluation,
  summarize,
} from '../../reference/evaluate/index.ts';
import { summarizeCategory } from '../../reference/evaluate/summarize.ts';

/** The evaluation that these matches are part of, under made-up ids. */
export function evaluationOfMatches(matches: readonly CategoryMatches[], imageCount: number): CocoEvaluation {
  const accumulated = accumulate(matches, imageCount);
  return {
    stats: summarize(accumulated),
    perCategory: matches.map(({ count, groundTruthImages }, k) => ({
      categoryId: k + 1,
      name: `category ${k + 1}`,
      ...summarizeCategory(accumulated, k),
      groundTruthCount: groundTruthImages.length,
      detectionCount: count,
    })),
    imageIds: Float64Array.from({ length: imageCount }, (_, i) => i + 1),
    matches,
    accumulated,
  };
}
