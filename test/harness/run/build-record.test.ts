import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset, locateDataset } from '../../../datasets/index.ts';
import type { BackendDescription } from '../../../harness/backends/backend.ts';
import { loadModel, type Model } from '../../../harness/model/load-model.ts';
import { weightsRecord } from '../../../harness/model/weights-record.ts';
import { BackendTally } from '../../../harness/run/backend-tally.ts';
import { buildRecord, type FinishedBackend, type RecordInput } from '../../../harness/run/build-record.ts';
import { describeEnvironment } from '../../../harness/run/environment.ts';
import { resolveRunOptions } from '../../../harness/run/run-options.ts';
import { noStatistics } from '../../../harness/run/run-statistics.ts';
import type { CocoResult } from '../../../reference/detections.ts';
import { parseRunRecord, type RunRecord } from '../../../reports/index.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();
let dataset: Dataset;
let model: Model;

beforeAll(async () => {
  await makeCocoFolder(`${dir}/coco`, 4);
  dataset = await loadDataset(await locateDataset({ dir: `${dir}/coco` }));
  model = await loadModel('random:yolox-nano?seed=1');
});

/** The one box of an image, found exactly. */
function hit(imageId: number): CocoResult {
  return { image_id: imageId, category_id: imageId, bbox: [4, 4, 20, 20], score: 0.875 };
}

function tallyOf(name: string, imageIds: readonly number[], hits: readonly number[]): BackendTally {
  const description: BackendDescription = {
    name,
    precision: 'float32',
    engine: 'none',
    device: 'CPU',
    coreNumber: 1,
    decoded: false,
    outputProvenance: 'measured',
    latencyProvenance: 'measured',
  };
  const tally = new BackendTally(description, name === 'reference', `detections/${name}.json`);
  for (const id of imageIds) {
    tally.imageIds.push(id);
    tally.results.push(hits.includes(id) ? [hit(id)] : []);
  }
  return tally;
}

async function recordOf(...backends: FinishedBackend[]): Promise<RunRecord> {
  return buildRecord(await inputOf(backends));
}

async function inputOf(backends: FinishedBackend[]): Promise<RecordInput> {
  return {
    options: resolveRunOptions(
      { weights: 'random:yolox-nano?seed=1', dataset: dir, calibration: dir },
      new Date(),
    ),
    asked: null,
    weights: weightsRecord(model, { height: 64, width: 64 }),
    size: { height: 64, width: 64 },
    dataset,
    backends,
    statistics: noStatistics(),
    gallery: [],
    noiseFloor: null,
    noiseFloorNote: 'not measured',
    tunings: [],
    environment: await describeEnvironment(),
    warnings: [],
    startedAt: new Date(0),
    finishedAt: new Date(1),
    stoppedBy: null,
    exitCode: 5,
  };
}

const finished = (tally: BackendTally): FinishedBackend => ({
  tally,
  decodeState: null,
  quantization: null,
  latency: [],
});

describe('the exit code of a run with budgets', () => {
  const budget = { backend: null, metric: 'AP', budget: 0.01 } as const;
  const codeOf = async (exitCode: 0 | 5 | 130, statistics = noStatistics(), budgets = [budget]) => {
    const reference = await tallyOf('reference', [1, 2, 3, 4], [1, 3, 4]);
    const other = await tallyOf('other', [1, 2, 3, 4], [1]);
    const input = await inputOf([finished(reference), finished(other)]);
    const record = buildRecord({ ...input, options: { ...input.options, budgets }, statistics, exitCode });
    return { code: record.verdict.exitCode, judgements: record.backends[1]!.judgements };
  };
  /** A loss that is sure, as if found on more images. */
  const sure = async (): Promise<ReturnType<typeof noStatistics>> => {
    const found = noStatistics();
    const interval = { difference: -0.5, standardError: 0.1, low: -0.7, high: -0.3, images: 40 };
    found.differences.set('other', {
      ...{ method: '', replicates: 1000, confidence: 0.95, seed: 0, permutations: 2000 },
      ...{ metrics: { AP: interval }, p: {}, tieBands: { reference: {}, own: {} } },
      ...{ withinTies: { AP: false }, categories: [] },
    });
    return found;
  };

  test('is 1 for a loss that is shown, 4 where nothing is sure, 0 without budgets', async () => {
    expect(await codeOf(0, await sure())).toMatchObject({ code: 1, judgements: [{ verdict: 'regressed' }] });
    expect(await codeOf(0)).toMatchObject({ code: 4, judgements: [{ verdict: 'cannot-tell' }] });
    expect(await codeOf(0, await sure(), [])).toEqual({ code: 0, judgements: [] });
  });

  test('is that of a failure or a stop before anything the budgets say', async () => {
    expect((await codeOf(5, await sure())).code).toBe(5);
    expect((await codeOf(130, await sure())).code).toBe(130);
  });
});

describe('the record of a run whose second backend failed half-way', () => {
  test('holds the figures of the reference on the images of that backend beside its own', async () => {
    // On images 1 and 2 the reference finds one box of two, on all four three of four.
    const reference = tallyOf('reference', [1, 2, 3, 4], [1, 3, 4]);
    const other = tallyOf('other', [1, 2], [1, 2]);
    other.failure = 'the backend other failed on 3.png';
    const record = await recordOf(finished(reference), finished(other));
    const [first, second] = record.backends;
    expect(first!.metrics!.AP).toBeCloseTo(0.75, 9);
    expect(second!.metrics!.AP).toBeCloseTo(1, 9);
    expect(second!.difference!.images).toBe(2);
    expect(second!.difference!.reference.AP).toBeCloseTo(0.5, 9);
    expect(second!.difference!.metrics.AP).toBeCloseTo(0.5, 9);
    expect(record.verdict.sentence).toContain('other (2 of 4 images) gains 0.5000');
    expect(record.verdict.sentence).toContain('AP 0.5000 → 1.0000');
  });

  test('a fast execution equal to the exact one has no SQNR: the record can be read back', async () => {
    const quantization = {
      bits: 8,
      execution: 'fast',
      rounding: 'half-up',
      weightScales: 'per-tensor',
      source: { kind: 'calibration', description: '1 image' },
      convolutions: 1,
      floatConvolutions: 0,
      saturation: [],
      fastAgainstExactDb: Number.POSITIVE_INFINITY,
    } as const;
    const reference = tallyOf('reference', [1], [1]);
    const record = await recordOf({
      ...finished(reference),
      quantization: { ...quantization, source: { ...quantization.source }, saturation: [] },
    });
    expect(record.backends[0]!.quantization!.fastAgainstExactDb).toBeNull();
    expect(parseRunRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });
});
