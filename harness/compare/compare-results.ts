import { readGroundTruth, readResults } from '../../datasets/index.ts';
import type { CocoResult } from '../../reference/detections.ts';
import {
  type CocoEvaluation,
  type CocoGroundTruth,
  evaluateDetections,
} from '../../reference/evaluate/index.ts';
import type { DifferenceStatistics } from '../../reports/record/index.ts';
import { budgetsOf } from '../config/budget.ts';
import { BadDataError, type ExitCode, UsageError } from '../errors.ts';
import { restrictToRun } from '../eval/restrict-images.ts';
import { warnOfGroundTruth } from '../eval/warn-of-ground-truth.ts';
import { warnOfResults } from '../eval/warn-of-results.ts';
import { differenceOfMetrics, figuresOf, subtract } from '../run/evaluate-results.ts';
import { exitCodeOfJudgements, judgeBudget, judgedDifference } from '../run/judge-budgets.ts';
import { PacedWork } from '../run/paced-work.ts';
import { sideOf } from '../run/paired-statistics.ts';
import { PARTS_OF_PAIR, statisticsOfPair } from '../run/run-statistics.ts';
import { DEFAULT_REPLICATES } from '../run/statistics-options.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { type ResultsComparison, resultsText } from './results-text.ts';

export interface ResultsComparisonOptions {
  readonly imagesOf?: string;
  readonly budget?: Readonly<Record<string, number>>;
  readonly replicates?: number;
  readonly seed?: number;
  readonly json?: true;
  readonly quiet?: true;
}

/** Every figure and category of two results files, `b` minus `a` with its interval, worst category first; and what the budgets say. */
export async function compareResults(
  a: string,
  b: string,
  groundTruthPath: string,
  options: ResultsComparisonOptions,
): Promise<ExitCode> {
  refuseSettings(options);
  const all = await readGroundTruth(groundTruthPath);
  const groundTruth = options.imagesOf === undefined ? all : await restrictToRun(all, options.imagesOf);
  warnOfGroundTruth(groundTruthPath, groundTruth);
  const ids = groundTruth.images.map(({ id }) => id);
  const [first, second] = [await evaluateFile(a, all, ids), await evaluateFile(b, all, ids)];
  const [one, other] = [figuresOf(first), figuresOf(second)];
  const statistics = await findStatistics(first, second, options);
  const comparison: ResultsComparison = {
    images: ids.length,
    a: one.metrics,
    b: other.metrics,
    difference: differenceOfMetrics(other.metrics, one.metrics),
    categories: one.categories
      .map((category, i) => ({
        name: category.name,
        categoryId: category.categoryId,
        groundTruthCount: category.groundTruthCount,
        a: category.ap,
        b: other.categories[i]!.ap,
        difference: subtract(other.categories[i]!.ap, category.ap),
      }))
      .filter(({ groundTruthCount }) => groundTruthCount > 0)
      .sort((x, y) => (x.difference ?? 0) - (y.difference ?? 0)),
    statistics,
    judgements: budgetsOf(options.budget ?? {}).map(({ metric, budget }) =>
      judgeBudget(metric, budget, judgedDifference(statistics, one.metrics, metric)),
    ),
  };
  process.stdout.write(options.json ? `${JSON.stringify(comparison, null, 1)}\n` : resultsText(comparison));
  return exitCodeOfJudgements(comparison.judgements);
}

/** @throws UsageError naming the option and what to give instead. */
function refuseSettings({ budget, replicates, seed }: ResultsComparisonOptions): void {
  const named = Object.keys(budget ?? {}).find((key) => key.includes(':'));
  if (named !== undefined) {
    throw new UsageError(
      `--budget ${named}=${budget![named]} names a backend, and two files have none: give --budget ${named.split(':')[1]}=${budget![named]}`,
    );
  }
  if (replicates !== undefined && replicates !== 0 && (replicates < 100 || replicates > 100_000)) {
    throw new UsageError(`--replicates ${replicates} is not possible: give 0, or 100 to 100000`);
  }
  if (replicates === 0 && budget !== undefined) {
    throw new UsageError(
      '--replicates 0 leaves no interval to judge a budget by: leave out --budget, or give --replicates 1000',
    );
  }
  if (seed !== undefined && (seed < 0 || seed > 2 ** 32 - 1)) {
    throw new UsageError(`--seed ${seed} is no seed: give a whole number from 0 to 4294967295`);
  }
  if (seed !== undefined && replicates === 0) {
    throw new UsageError('--seed has no effect with --replicates 0: leave out one of the two');
  }
}

async function findStatistics(
  first: CocoEvaluation,
  second: CocoEvaluation,
  { replicates = DEFAULT_REPLICATES, seed = 0, quiet }: ResultsComparisonOptions,
): Promise<DifferenceStatistics | null> {
  if (replicates === 0) return null;
  const interrupt = interruptSignal();
  const progress = quiet ? silentProgress : terminalProgress();
  const tools = { progress, signal: interrupt.signal, now: () => new Date() };
  const work = new PacedWork('statistics', PARTS_OF_PAIR, tools);
  try {
    return await statisticsOfPair(
      () => sideOf(first),
      () => sideOf(second),
      { replicates, seed },
      work,
    );
  } finally {
    work.end();
    interrupt.release();
  }
}

/** The figures of a results file on the images `ids`; what it holds of others of the ground truth is left out. */
async function evaluateFile(
  path: string,
  groundTruth: CocoGroundTruth,
  ids: readonly number[],
): Promise<CocoEvaluation> {
  const results: readonly CocoResult[] = await readResults(path);
  if (results.length === 0) {
    throw new BadDataError(
      `cannot compare ${path}: it has no detections, and nothing compared is no pass; check the run`,
    );
  }
  warnOfResults(path, groundTruth, results);
  if (ids.length === 0) {
    throw new BadDataError('cannot compare: the ground truth lists no images; give a file with some');
  }
  try {
    return evaluateDetections(groundTruth, results, { imageIds: ids });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(`cannot evaluate ${path}: ${error.message}`, { cause: error });
  }
}
