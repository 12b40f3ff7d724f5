import {
  type CocoEvaluation,
  type CocoGroundTruth,
  evaluateDetections,
  meanPrecisionCurve,
  type ResultList,
} from '../../reference/evaluate/index.ts';
import type { BackendRecord } from '../../reports/record/index.ts';

type Metrics = Record<string, number | null>;

export interface EvaluatedResults {
  readonly metrics: Metrics;
  readonly categories: BackendRecord['categories'];
  readonly precisionRecall: BackendRecord['precisionRecall'];
}

/** Figures over `imageIds`, with null where pycocotools says −1; null altogether where there are no images. */
export function evaluateResults(
  groundTruth: CocoGroundTruth,
  results: ResultList,
  imageIds: readonly number[],
): EvaluatedResults | null {
  if (imageIds.length === 0) return null;
  return figuresOf(evaluateDetections(groundTruth, results, { imageIds }));
}

/** The figures of an evaluation as the record has them. */
export function figuresOf(evaluation: CocoEvaluation): EvaluatedResults {
  return {
    metrics: metricsOf(evaluation),
    categories: categoriesOf(evaluation),
    precisionRecall: curvesOf(evaluation),
  };
}

function curvesOf(evaluation: CocoEvaluation): BackendRecord['precisionRecall'] {
  const curves = [
    ['0.50', 0.5],
    ['0.75', 0.75],
    ['0.50:0.95', 'all'],
  ] as const;
  return curves.flatMap(([iou, threshold]) => {
    const precision = meanPrecisionCurve(evaluation, threshold);
    return precision === null ? [] : [{ iou, precision: [...precision] }];
  });
}

function metricsOf({ stats }: CocoEvaluation): Metrics {
  return Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, orNull(value)]));
}

function categoriesOf({ perCategory }: CocoEvaluation): BackendRecord['categories'] {
  return perCategory.map(({ categoryId, name, ap, ap50, groundTruthCount, detectionCount }) => ({
    categoryId,
    name,
    ap: orNull(ap),
    ap50: orNull(ap50),
    groundTruthCount,
    detectionCount,
  }));
}

/** Figure by figure `actual − reference`; null where either has none. */
export function differenceOfMetrics(actual: Metrics, reference: Metrics): Metrics {
  return Object.fromEntries(
    Object.keys(reference).map((name) => [name, subtract(actual[name] ?? null, reference[name] ?? null)]),
  );
}

export function subtract(actual: number | null, reference: number | null): number | null {
  return actual === null || reference === null ? null : actual - reference;
}

function orNull(figure: number): number | null {
  return figure < 0 ? null : figure;
}
