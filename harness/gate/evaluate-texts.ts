import { parseGroundTruth, parseResults } from '../../datasets/index.ts';
import {
  COCO_METRICS,
  type CocoEvaluation,
  type CocoGroundTruth,
  evaluateDetections,
} from '../../reference/evaluate/index.ts';
import type { BackendRecord } from '../../reports/record/index.ts';
import { BadDataError } from '../errors.ts';

/** Figures of one evaluator of another version may end in other last places. */
const ROUNDING = 1e-9;

/** @param where names the text in messages */
export function groundTruthOf(text: string, where: string): CocoGroundTruth {
  return parseGroundTruth(parseJson(text, where), where);
}

/**
 * The evaluation of detections, of which the record of their run must say the same: what was changed since would be compared
 * as if the backend had found it.
 * @param where names the detections in messages
 * @throws BadDataError or DatasetError where they are no results, or not those of the record.
 */
export function evaluateText(
  text: string,
  backend: BackendRecord,
  groundTruth: CocoGroundTruth,
  where: string,
): CocoEvaluation {
  const results = parseResults(parseJson(text, where), where);
  const imageIds = groundTruth.images.map(({ id }) => id);
  const evaluation = evaluate(groundTruth, results, imageIds, where);
  const other = COCO_METRICS.find(({ name }) => {
    const found = evaluation.stats[name] < 0 ? null : evaluation.stats[name];
    const said = backend.metrics?.[name] ?? null;
    return found === null || said === null ? found !== said : Math.abs(found - said) > ROUNDING;
  });
  if (other === undefined) return evaluation;
  throw new BadDataError(
    `cannot compare ${where}: they give an ${other.name} of ${evaluation.stats[other.name]}, and the record of their run says ${backend.metrics?.[other.name]}; they were changed since, so run again`,
  );
}

function evaluate(
  groundTruth: CocoGroundTruth,
  results: ReturnType<typeof parseResults>,
  imageIds: readonly number[],
  where: string,
): CocoEvaluation {
  try {
    return evaluateDetections(groundTruth, results, { imageIds });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(`cannot evaluate ${where}: ${error.message}`, { cause: error });
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadDataError(
      `cannot use ${where}: it is not JSON (${(error as Error).message}); run again, or restore a copy`,
      { cause: error },
    );
  }
}
