import { checkResults } from '../../datasets/index.ts';
import type { CocoResult } from '../../reference/detections.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';

/** Says on stderr what makes the figures of a results file mean something else than they seem to. */
export function warnOfResults(
  path: string,
  groundTruth: CocoGroundTruth,
  results: readonly CocoResult[],
): void {
  for (const sentence of checkResults(groundTruth, results))
    process.stderr.write(`warning: ${path}: ${sentence}\n`);
}
