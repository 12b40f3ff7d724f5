import type { Dataset } from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { type BackendRecord, type RunRecord, verdictSentence } from '../../reports/index.ts';
import type {
  DecodeState,
  GalleryImage,
  LatencyPoint,
  NoiseFloor,
  QuantizationRecord,
  TuneResult,
} from '../../reports/record/index.ts';
import { budgetsFor } from '../config/budget.ts';
import type { RunConfig } from '../config/run-config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { BackendTally } from './backend-tally.ts';
import { driftSteps } from './drift-steps.ts';
import { differenceOfMetrics, evaluateResults, subtract } from './evaluate-results.ts';
import { exitCodeOfJudgements, judgeBudget, judgedDifference } from './judge-budgets.ts';
import type { RunOptions } from './run-options.ts';
import type { RunStatistics } from './run-statistics.ts';

/** A backend of the run with all that was found out about it. */
export interface FinishedBackend {
  readonly tally: BackendTally;
  readonly decodeState: DecodeState | null;
  readonly quantization: QuantizationRecord | null;
  readonly latency: readonly LatencyPoint[];
}

export interface RecordInput {
  readonly options: RunOptions;
  /** What they were resolved from; null where nobody typed any. */
  readonly asked: RunConfig | null;
  readonly weights: RunRecord['weights'];
  readonly size: PixelSize;
  readonly dataset: Dataset;
  readonly backends: readonly FinishedBackend[];
  readonly statistics: RunStatistics;
  readonly gallery: readonly GalleryImage[];
  readonly noiseFloor: NoiseFloor | null;
  readonly noiseFloorNote: string;
  readonly tunings: readonly TuneResult[];
  readonly environment: RunRecord['environment'];
  readonly warnings: readonly string[];
  /** Shards that it was joined from; absent for a run that was never apart. */
  readonly mergedFrom?: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly stoppedBy: string | null;
  /** Whatever is not a pass stands before what the budgets say. */
  readonly exitCode: ExitCode;
}

/** The record of a run, finished or not. */
export function buildRecord(input: RecordInput): RunRecord {
  const { dataset, size, options } = input;
  const { groundTruth } = dataset;
  const reference = input.backends.find(({ tally }) => tally.isReference);
  const annotated = new Set(groundTruth.annotations.map((annotation) => annotation.image_id));
  const backends = input.backends.map((backend) => backendRecord(backend, reference?.tally ?? null, input));
  const judged = exitCodeOfJudgements(backends.flatMap(({ judgements }) => judgements));
  const record: RunRecord = {
    schema: 'mlu-parity/run-record',
    version: 1,
    startedAt: input.startedAt.toISOString(),
    finishedAt: input.finishedAt.toISOString(),
    status: input.stoppedBy === null ? 'complete' : 'incomplete',
    stoppedBy: input.stoppedBy,
    verdict: { sentence: '', exitCode: input.exitCode === EXIT.pass ? judged : input.exitCode },
    options: { ...options, size: [size.height, size.width] },
    asked: input.asked,
    environment: input.environment,
    weights: input.weights,
    dataset: {
      name: dataset.name,
      annotationsSha256: dataset.sha256,
      images: dataset.counts.images,
      imagesAvailable: dataset.counts.allImages,
      imagesWithoutAnnotations: dataset.samples.filter(({ id }) => !annotated.has(id)).length,
      annotations: dataset.counts.annotations,
      crowdAnnotations: groundTruth.annotations.filter(({ iscrowd }) => iscrowd).length,
      categories: dataset.counts.categories,
      imageIds: dataset.samples.map(({ id }) => id),
      health: dataset.health.map(({ code, severity, sentence, count, examples }) => ({
        code,
        severity,
        sentence,
        count,
        examples: [...examples],
      })),
    },
    backends,
    drift: driftSteps(backends, input.statistics),
    gallery: [...input.gallery],
    noiseFloor: input.noiseFloor,
    noiseFloorNote: input.noiseFloorNote,
    tunings: [...input.tunings],
    warnings: [...input.warnings],
    shard: options.shard && { ...options.shard },
    mergedFrom: input.mergedFrom ?? null,
  };
  return { ...record, verdict: { ...record.verdict, sentence: verdictSentence(record) } };
}

function backendRecord(
  { tally, decodeState, quantization, latency }: FinishedBackend,
  reference: BackendTally | null,
  { dataset: { groundTruth }, options, statistics: found }: RecordInput,
): BackendRecord {
  const evaluation = evaluateResults(groundTruth, tally.results, tally.imageIds);
  const base =
    reference === null || tally.isReference || evaluation === null
      ? null
      : evaluateResults(groundTruth, reference.results, tally.imageIds);
  const statistics = found.differences.get(tally.description.name) ?? null;
  return {
    ...tally.description,
    isReference: tally.isReference,
    failure: tally.failure,
    images: tally.imageIds.length,
    detections: tally.results.length,
    detectionsFile: tally.detectionsFile!,
    metrics: evaluation?.metrics ?? null,
    categories: evaluation?.categories ?? [],
    precisionRecall: evaluation?.precisionRecall ?? [],
    difference:
      base === null
        ? null
        : {
            images: tally.imageIds.length,
            metrics: differenceOfMetrics(evaluation!.metrics, base.metrics),
            reference: base.metrics,
            categories: evaluation!.categories.map(({ categoryId, name, ap }, index) => ({
              categoryId,
              name,
              ap: subtract(ap, base.categories[index]!.ap),
            })),
            statistics,
          },
    // Of a shard nothing is judged: the whole is, once it is joined.
    judgements:
      base === null || options.shard !== null
        ? []
        : budgetsFor(options.budgets, tally.description.name).map(({ metric, budget }) =>
            judgeBudget(metric, budget, judgedDifference(statistics, base.metrics, metric)),
          ),
    tensorDifference: tally.outputs.record(),
    detectionDifference: tally.demoDetections.record(options.demoThresholds),
    decodeState,
    quantization: quantization && {
      ...quantization,
      fastAgainstExactDb: finiteOrNull(quantization.fastAgainstExactDb),
    },
    latency: [...latency],
  };
}

/** The SQNR of two equal outputs is infinite, which JSON cannot hold. */
function finiteOrNull(figure: number | null): number | null {
  return figure !== null && Number.isFinite(figure) ? figure : null;
}
