import { readGroundTruth, readResults } from '../../datasets/index.ts';
import type { CocoResult } from '../../reference/detections.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import { formatDifference, formatFigure } from '../../reports/format-figures.ts';
import { BadDataError, EXIT, type ExitCode } from '../errors.ts';
import { restrictToRun } from '../eval/restrict-images.ts';
import { warnOfGroundTruth } from '../eval/warn-of-ground-truth.ts';
import { warnOfResults } from '../eval/warn-of-results.ts';
import {
  differenceOfMetrics,
  type EvaluatedResults,
  evaluateResults,
  subtract,
} from '../run/evaluate-results.ts';
import { formatTable } from '../terminal/table.ts';

/** Every figure and category of two results files, `b` minus `a`, worst category first. */
export async function compareResults(
  a: string,
  b: string,
  groundTruthPath: string,
  { json, imagesOf }: { readonly json?: true; readonly imagesOf?: string },
): Promise<ExitCode> {
  const all = await readGroundTruth(groundTruthPath);
  const groundTruth = imagesOf === undefined ? all : await restrictToRun(all, imagesOf);
  warnOfGroundTruth(groundTruthPath, groundTruth);
  const ids = groundTruth.images.map(({ id }) => id);
  const [first, second] = [await evaluateFile(a, all, ids), await evaluateFile(b, all, ids)];
  const metrics = differenceOfMetrics(second.metrics, first.metrics);
  const categories = first.categories
    .map((category, i) => ({
      name: category.name,
      categoryId: category.categoryId,
      groundTruthCount: category.groundTruthCount,
      a: category.ap,
      b: second.categories[i]!.ap,
      difference: subtract(second.categories[i]!.ap, category.ap),
    }))
    .filter(({ groundTruthCount }) => groundTruthCount > 0)
    .sort((x, y) => (x.difference ?? 0) - (y.difference ?? 0));
  if (json) {
    const document = { a: first.metrics, b: second.metrics, difference: metrics, categories };
    process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
    return EXIT.pass;
  }
  const figures = Object.keys(first.metrics).map((name) => [
    name,
    formatFigure(first.metrics[name] ?? null),
    formatFigure(second.metrics[name] ?? null),
    formatDifference(metrics[name] ?? null),
  ]);
  const moved = categories
    .filter(({ difference }) => difference !== 0 && difference !== null)
    .map((c) => [
      c.name,
      formatFigure(c.a),
      formatFigure(c.b),
      formatDifference(c.difference),
      String(c.groundTruthCount),
    ]);
  const lines = [
    ...formatTable(['figure', 'a', 'b', 'b − a'], figures),
    '',
    ...(moved.length === 0
      ? ['No category differs.']
      : formatTable(['category', 'a', 'b', 'b − a', 'boxes'], moved)),
    '',
    `b has AP ${formatFigure(second.metrics.AP ?? null)}, a ${formatFigure(first.metrics.AP ?? null)}: ${formatDifference(metrics.AP ?? null)}, a point estimate on ${groundTruth.images.length} images; ${moved.length} of ${categories.length} categories differ.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.pass;
}

/** The figures of a results file on the images `ids`; what it holds of others of the ground truth is left out. */
async function evaluateFile(
  path: string,
  groundTruth: CocoGroundTruth,
  ids: readonly number[],
): Promise<EvaluatedResults> {
  const results: readonly CocoResult[] = await readResults(path);
  if (results.length === 0) {
    throw new BadDataError(
      `cannot compare ${path}: it has no detections, and nothing compared is no pass; check the run`,
    );
  }
  warnOfResults(path, groundTruth, results);
  try {
    const evaluated = evaluateResults(groundTruth, results, ids);
    if (evaluated !== null) return evaluated;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(`cannot evaluate ${path}: ${error.message}`, { cause: error });
  }
  throw new BadDataError('cannot compare: the ground truth lists no images; give a file with some');
}
