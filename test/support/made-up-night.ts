import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../datasets/sha256.ts';
import { evaluateResults } from '../../harness/run/evaluate-results.ts';
import type { CocoResult } from '../../reference/detections.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import type { BackendRecord, LatencyPoint, RunRecord } from '../../reports/index.ts';
import { generateEvaluationSet } from './generate-evaluation-set.ts';
import { type MadeUpRun, madeUpRecord } from './made-up-record.ts';
import { perturbResults } from './perturb-results.ts';

export interface MadeUpNight extends Omit<MadeUpRun, 'ap' | 'imageIds'> {
  readonly images?: number;
  /** Share of its detections that int16 has lost; 0.3 cost a fifth of its AP. */
  readonly lost?: number;
  /** Seed of what moves the boxes and scores of int16 a little, as another build would; none: as every night. */
  readonly moved?: number;
  /** Half the width of p50's interval, as a share of it. */
  readonly p50Share?: number;
  readonly provenance?: LatencyPoint['provenance'];
}

/**
 * The folder of a night that nobody ran, whole for a gate: annotations beside it, detections of cpu-float and int16, and a
 * record with their figures. The same options give the same night but for its time.
 */
export function madeUpNight(dir: string, night: MadeUpNight, name = `night-${night.night}`): string {
  const { groundTruth, results, annotations } = madeUpData(dir, night.images ?? 200);
  const folder = join(dir, name);
  mkdirSync(join(folder, 'detections'), { recursive: true });
  const detections: Record<string, CocoResult[]> = {
    'cpu-float': results,
    int16: perturbResults(results, {
      ...{ seed: night.moved ?? 0, boxJitter: 0, scoreJitter: 0, lostShare: night.lost ?? 0 },
      ...(night.moved !== undefined && { boxJitter: 0.002, scoreJitter: 0.01 }),
    }),
  };
  const made = madeUpRecord(night);
  const imageIds = groundTruth.images.map(({ id }) => id);
  const record: RunRecord = {
    ...made,
    options: { ...made.options, data: { annotations: annotations.path, imageDir: dir } },
    dataset: {
      ...made.dataset,
      ...{ annotationsSha256: annotations.sha256, images: imageIds.length, imageIds },
    },
    backends: made.backends.map((backend) => {
      const own = detections[backend.name]!;
      writeFileSync(join(folder, backend.detectionsFile), JSON.stringify(own));
      const finished = withFigures(backend, groundTruth, own, imageIds);
      return { ...finished, latency: finished.latency.map((point) => timedPoint(point, night)) };
    }),
  };
  writeRecord(folder, record);
  return folder;
}

export function writeRecord(folder: string, record: RunRecord): void {
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(record, null, 1)}\n`);
}

function madeUpData(dir: string, images: number) {
  const { groundTruth, results } = generateEvaluationSet({
    ...{ seed: 1, images, categories: 8, annotationsPerImage: 6, detectionsPerImage: 20 },
  });
  const path = join(dir, `annotations-${images}.json`);
  const text = JSON.stringify(groundTruth);
  mkdirSync(dir, { recursive: true });
  writeFileSync(path, text);
  return { groundTruth, results, annotations: { path, sha256: sha256(text) } };
}

function withFigures(
  backend: BackendRecord,
  groundTruth: CocoGroundTruth,
  results: readonly CocoResult[],
  imageIds: readonly number[],
): BackendRecord {
  const { metrics, categories } = evaluateResults(groundTruth, results, imageIds)!;
  return {
    ...backend,
    images: imageIds.length,
    detections: results.length,
    metrics,
    categories,
    difference: null,
  };
}

function timedPoint(
  point: LatencyPoint,
  { p50Share = 0.01, provenance = 'measured' }: MadeUpNight,
): LatencyPoint {
  const host = point.host!;
  const { p50Ms } = host;
  return {
    ...{ ...point, provenance },
    host: { ...host, samples: 100, p50IntervalMs: [p50Ms * (1 - p50Share), p50Ms * (1 + p50Share)] },
  };
}
