import type { BackendDescription } from '../../harness/backends/backend.ts';
import { BackendTally } from '../../harness/run/backend-tally.ts';
import type { CocoResult } from '../../reference/detections.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import { generateEvaluationSet } from './generate-evaluation-set.ts';
import { perturbResults } from './perturb-results.ts';

const DESCRIPTION: Omit<BackendDescription, 'name' | 'precision'> = {
  engine: 'none',
  device: 'CPU',
  coreNumber: 1,
  decoded: false,
  outputProvenance: 'measured',
  latencyProvenance: 'measured',
};

export interface PerturbedRun {
  readonly groundTruth: CocoGroundTruth;
  /** cpu-float, int16, mlu-online, mlu-offline: each made of the one before. */
  readonly tallies: readonly BackendTally[];
  /** Of each, as a file would have them. */
  readonly results: readonly (readonly CocoResult[])[];
}

/** What four backends could have found on generated images, without a network. */
export function perturbedRun(images = 60): PerturbedRun {
  const { groundTruth, results: drawn } = generateEvaluationSet({
    ...{ seed: 5, images, categories: 6, annotationsPerImage: 5, detectionsPerImage: 12 },
  });
  const change = { boxJitter: 0.03, scoreJitter: 0.2, lostShare: 0.02 };
  const results = asFloat32(drawn);
  const int16 = asFloat32(perturbResults(results, { seed: 1, ...change }));
  const online = asFloat32(perturbResults(int16, { seed: 2, ...change }));
  const offline = asFloat32(perturbResults(online, { seed: 3, ...change }));
  const ids = groundTruth.images.map(({ id }) => id);
  return {
    groundTruth,
    results: [results, int16, online, offline],
    tallies: [
      tallyOf('cpu-float', 'float32', results, ids),
      tallyOf('int16', 'int16 exact', int16, ids),
      tallyOf('mlu-online', 'int16 exact, float16', online, ids),
      tallyOf('mlu-offline', 'int16 exact, float16', offline, ids),
    ],
  };
}

/** A run keeps float32 numbers alone, which is what a network gives. */
function asFloat32(results: readonly CocoResult[]): CocoResult[] {
  return results.map((result) => ({
    ...result,
    bbox: result.bbox.map(Math.fround) as [number, number, number, number],
    score: Math.fround(result.score),
  }));
}

export function tallyOf(
  name: string,
  precision: string,
  results: readonly CocoResult[],
  imageIds: readonly number[],
): BackendTally {
  const tally = new BackendTally({ name, precision, ...DESCRIPTION }, name === 'cpu-float', null);
  tally.imageIds.push(...imageIds);
  tally.results.push(results.filter(({ image_id }) => imageIds.includes(image_id)));
  return tally;
}
