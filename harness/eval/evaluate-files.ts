import { readGroundTruth, readResults } from '../../datasets/index.ts';
import { type CocoEvaluation, evaluateDetections, formatSummary } from '../../reference/evaluate/index.ts';
import { formatFigure } from '../../reports/format-figures.ts';
import { BadDataError, EXIT, type ExitCode } from '../errors.ts';
import { formatTable } from '../terminal/table.ts';
import { restrictToRun } from './restrict-images.ts';
import { warnOfGroundTruth } from './warn-of-ground-truth.ts';
import { warnOfResults } from './warn-of-results.ts';

export interface EvalFlags {
  readonly categories?: true;
  readonly classAgnostic?: true;
  readonly pycocotoolsId0?: true;
  readonly imagesOf?: string;
  readonly json?: true;
}

/** `mlu-parity eval`: two files in, pycocotools' 12 lines or JSON out. */
export async function evaluateFiles(
  groundTruthPath: string,
  resultsPath: string,
  flags: EvalFlags,
): Promise<ExitCode> {
  const all = await readGroundTruth(groundTruthPath);
  const groundTruth = flags.imagesOf === undefined ? all : await restrictToRun(all, flags.imagesOf);
  warnOfGroundTruth(groundTruthPath, groundTruth);
  const results = await readResults(resultsPath);
  warnOfResults(resultsPath, groundTruth, results);
  const evaluation = evaluate();
  process.stdout.write(flags.json ? asJson(evaluation) : asText(evaluation, flags.categories ?? false));
  return EXIT.pass;

  function evaluate(): CocoEvaluation {
    if (groundTruth.images.length === 0) {
      throw new BadDataError(`cannot evaluate: ${groundTruthPath} lists no images; give a file with some`);
    }
    try {
      return evaluateDetections(all, results, {
        imageIds: groundTruth.images.map(({ id }) => id),
        useCategories: !flags.classAgnostic,
        groundTruthIdZero: flags.pycocotoolsId0 ? 'pycocotools' : 'match',
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new BadDataError(`cannot evaluate ${resultsPath} against ${groundTruthPath}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

function asText(evaluation: CocoEvaluation, withCategories: boolean): string {
  const lines = [formatSummary(evaluation.stats)];
  if (withCategories) {
    const rows = evaluation.perCategory.map(({ name, ap, ap50, groundTruthCount, detectionCount }) => [
      name,
      formatFigure(ap < 0 ? null : ap),
      formatFigure(ap50 < 0 ? null : ap50),
      String(groundTruthCount),
      String(detectionCount),
    ]);
    lines.push('', ...formatTable(['category', 'AP', 'AP50', 'boxes', 'detections'], rows));
  }
  return `${lines.join('\n')}\n`;
}

/** As pycocotools, −1 stands for a figure without ground truth. */
function asJson({ stats, perCategory }: CocoEvaluation): string {
  return `${JSON.stringify({ ...stats, categories: perCategory }, null, 1)}\n`;
}
