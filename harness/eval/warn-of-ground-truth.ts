import { checkGroundTruth } from '../../datasets/index.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';

/** Says on stderr what is wrong with an annotation file, since the figures hang on it; notes are left out. */
export function warnOfGroundTruth(path: string, groundTruth: CocoGroundTruth): void {
  for (const { severity, sentence, count, examples } of checkGroundTruth(groundTruth)) {
    if (severity === 'note') continue;
    process.stderr.write(`warning: ${path}: ${sentence} (${count}; ${examples[0]})\n`);
  }
}
