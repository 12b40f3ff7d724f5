import { COCO_METRICS } from '../../reference/evaluate/index.ts';
import { parseRunRecord, type RunRecord } from '../../reports/index.ts';

export interface MadeUpRun {
  /** Nights after 2026-01-01. */
  readonly night: number;
  readonly ap?: number;
  readonly p50Ms?: number;
  readonly conf?: number;
  readonly bits?: 8 | 16;
  readonly commit?: string;
  readonly cpu?: string;
  readonly imageIds?: readonly number[];
  readonly weights?: string;
  readonly engine?: string;
  readonly coreNumber?: number;
  /** Options beside those that are always there. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Images that int16 did not finish. */
  readonly unfinished?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The record of a night that nobody ran: cpu-float and int16, two categories, one latency point each. */
export function madeUpRecord(run: MadeUpRun): RunRecord {
  const { night, ap = 0.3231, conf = 0.001, imageIds = [1, 2, 3], unfinished = 0 } = run;
  const started = new Date(Date.UTC(2026, 0, 1, 2) + night * DAY_MS);
  return parseRunRecord({
    schema: 'mlu-parity/run-record',
    version: 1,
    startedAt: started.toISOString(),
    finishedAt: new Date(started.getTime() + 600_000).toISOString(),
    status: unfinished > 0 ? 'incomplete' : 'complete',
    stoppedBy: unfinished > 0 ? 'made up' : null,
    verdict: { sentence: `made up for night ${night}`, exitCode: 0 },
    options: {
      size: [416, 416],
      legacy: false,
      thresholds: { conf, nms: 0.65 },
      quantization: { headroom: 1 },
      ...run.options,
    },
    environment: {
      ...{ version: '0.1.0', commit: run.commit ?? 'a'.repeat(40), node: 'v20.19.0', platform: 'linux' },
      ...{ cpu: run.cpu ?? 'made-up CPU', cores: 2, memoryGiB: 8, packages: { sharp: '0.35.5' } },
    },
    weights: {
      ...{
        file: 'a.pth',
        format: 'zip-checkpoint',
        sha256: run.weights ?? 'b'.repeat(64),
        variant: 'yolox-nano',
      },
      ...{ depth: 0.33, width: 0.25, depthwise: true, classes: 2, parameters: 1, multiplyAdds: 1 },
    },
    dataset: {
      ...{ name: 'made-up', annotationsSha256: 'c'.repeat(64), images: imageIds.length, imagesAvailable: 9 },
      ...{
        imagesWithoutAnnotations: 0,
        annotations: 9,
        crowdAnnotations: 0,
        categories: 2,
        imageIds,
        health: [],
      },
    },
    backends: [
      backendOf('cpu-float', 0.33, run, imageIds.length),
      backendOf('int16', ap, run, imageIds.length - unfinished),
    ],
    ...{ gallery: [], noiseFloor: null, noiseFloorNote: 'made up', warnings: [] },
  });
}

function backendOf(name: 'cpu-float' | 'int16', ap: number, run: MadeUpRun, images: number): object {
  const isReference = name === 'cpu-float';
  const { bits = 16, coreNumber = 1, engine = 'onnxruntime-node 1.30.0' } = run;
  return {
    ...{
      name,
      precision: isReference ? 'float32' : `int${bits} exact`,
      engine,
      device: 'CPU',
      coreNumber: 2,
    },
    ...{
      decoded: false,
      outputProvenance: isReference ? 'measured' : 'emulated',
      latencyProvenance: 'measured',
    },
    ...{ isReference, failure: null, images, detections: 9, detectionsFile: `detections/${name}.json` },
    metrics: metricsOf(ap),
    categories: ['cat', 'dog'].map((category, i) => ({
      ...{
        categoryId: i + 1,
        name: category,
        ap: ap - i * 0.01,
        ap50: null,
        groundTruthCount: 4,
        detectionCount: 5,
      },
    })),
    precisionRecall: [],
    difference: isReference
      ? null
      : {
          ...{ images, metrics: metricsOf(ap - 0.33), reference: metricsOf(0.33) },
          categories: [{ categoryId: 1, name: 'cat', ap: ap - 0.33 }],
        },
    ...{ tensorDifference: null, detectionDifference: null, decodeState: null },
    quantization: isReference ? null : quantizationOf(bits),
    latency: [latencyOf(run.p50Ms ?? 10, coreNumber)],
  };
}

const metricsOf = (ap: number): object => Object.fromEntries(COCO_METRICS.map(({ name }) => [name, ap]));

function quantizationOf(bits: 8 | 16): object {
  return {
    ...{ bits, execution: 'exact', rounding: 'half-away-from-zero', weightScales: 'per-tensor' },
    source: { kind: 'calibration', description: '8 images', images: 8 },
    ...{ convolutions: 1, floatConvolutions: 0, saturation: [], fastAgainstExactDb: null },
  };
}

function latencyOf(p50Ms: number, coreNumber: number): object {
  return {
    ...{
      coreNumber,
      askedCoreNumber: coreNumber,
      batch: 1,
      provenance: 'measured',
      warmUpMs: [],
      device: null,
      notes: [],
    },
    host: {
      ...{ samples: 6, minMs: p50Ms, meanMs: p50Ms, sdMs: null, p50Ms, p50IntervalMs: null },
      ...{ p90Ms: null, p95Ms: null, p99Ms: null, imagesPerSecond: 1000 / p50Ms, withheld: [] },
    },
  };
}
