import { z } from 'zod';

/**
 * The record of one run: plain, versioned JSON, the only thing that reports, comparisons and gates read.
 *
 * A figure that does not exist is `null`, never 0: an AP without ground truth, a percentile with too few samples, the
 * SQNR of two equal outputs (infinite, which JSON cannot hold; `identicalImages` counts those).
 */

const figure = z.number().nullable();

export const provenanceSchema = z.enum(['measured', 'replayed', 'emulated', 'modelled']);

/** A value over images: how it is distributed, and where it is worst. */
const distributionSchema = z.object({
  count: z.number().int(),
  min: figure,
  median: figure,
  mean: figure,
  p90: figure,
  max: figure,
});

const metricsSchema = z.record(z.string(), figure);

const categorySchema = z.object({
  categoryId: z.number().int(),
  name: z.string(),
  ap: figure,
  ap50: figure,
  groundTruthCount: z.number().int(),
  detectionCount: z.number().int(),
});

const tensorGroupSchema = z.object({
  /** `all`, or reg / obj / cls at one stride: `obj/16`. */
  group: z.string(),
  metrics: z.record(z.string(), distributionSchema),
});

const tensorDifferenceSchema = z.object({
  images: z.number().int(),
  identicalImages: z.number().int(),
  /** After decode: pixels of the network input and probabilities. */
  decoded: z.array(tensorGroupSchema),
  /** As the network hands it over; null where one side only hands over decoded boxes. */
  raw: z.array(tensorGroupSchema).nullable(),
  worstImages: z.array(
    z.object({ imageId: z.number().int(), fileName: z.string(), sqnr: figure, maxAbs: figure }),
  ),
});

const spreadSchema = z.object({
  min: z.number(),
  p10: z.number(),
  p50: z.number(),
  p90: z.number(),
  max: z.number(),
  mean: z.number(),
});

const histogramSchema = z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) });

const detectionDifferenceSchema = z.object({
  conf: z.number(),
  nms: z.number(),
  images: z.number().int(),
  /** Images on which a detection was lost, gained, moved or changed its class. */
  imagesChanged: z.number().int(),
  referenceCount: z.number().int(),
  actualCount: z.number().int(),
  kept: z.number().int(),
  moved: z.number().int(),
  classChanged: z.number().int(),
  lost: z.number().int(),
  gained: z.number().int(),
  /** Over all detections that have a counterpart: pixels of the image, scores as actual less reference. */
  pairs: z
    .object({
      iou: spreadSchema,
      centreShift: spreadSchema,
      sizeChange: spreadSchema,
      scoreDelta: spreadSchema,
    })
    .nullable(),
  /** Of the same pairs; the end bins hold what lies beyond. */
  histograms: z.object({ scoreDelta: histogramSchema, centreShift: histogramSchema }),
  /** The images that changed most. */
  changedImages: z.array(
    z.object({
      imageId: z.number().int(),
      fileName: z.string(),
      kept: z.number().int(),
      moved: z.number().int(),
      classChanged: z.number().int(),
      lost: z.number().int(),
      gained: z.number().int(),
    }),
  ),
});

const latencySeriesSchema = z.object({
  samples: z.number().int(),
  minMs: z.number(),
  meanMs: z.number(),
  sdMs: figure,
  p50Ms: z.number(),
  /** 95 % confidence interval of the median from order statistics; null where the samples are too few. */
  p50IntervalMs: z.tuple([z.number(), z.number()]).nullable(),
  p90Ms: figure,
  p95Ms: figure,
  p99Ms: figure,
  imagesPerSecond: z.number(),
  /** Why a percentile above is null. */
  withheld: z.array(z.string()),
});

const latencyPointSchema = z.object({
  coreNumber: z.number().int(),
  batch: z.number().int(),
  provenance: provenanceSchema,
  warmUpMs: z.array(z.number()),
  host: latencySeriesSchema,
  device: latencySeriesSchema.nullable(),
  notes: z.array(z.string()),
});

const quantizationSchema = z.object({
  bits: z.union([z.literal(8), z.literal(16)]),
  execution: z.enum(['exact', 'fast']),
  rounding: z.enum(['half-away-from-zero', 'half-to-even', 'half-up']),
  weightScales: z.enum(['per-tensor', 'per-channel']),
  /** Where the input scales come from: a quantised checkpoint, or calibration images. */
  source: z.object({
    kind: z.enum(['checkpoint', 'calibration']),
    description: z.string(),
    sha256: z.string().optional(),
    images: z.number().int().optional(),
  }),
  convolutions: z.number().int(),
  floatConvolutions: z.number().int(),
  saturation: z.array(z.object({ layer: z.string(), saturated: z.number(), total: z.number() })),
  /** SQNR of the fast execution against the exact one on the first image; null where only the exact one ran. */
  fastAgainstExactDb: figure,
});

export const backendDescriptionSchema = z.object({
  name: z.string(),
  precision: z.string(),
  engine: z.string(),
  device: z.string(),
  coreNumber: z.number().int(),
  decoded: z.boolean(),
  outputProvenance: provenanceSchema,
  latencyProvenance: provenanceSchema,
});

const backendRecordSchema = z.object({
  ...backendDescriptionSchema.shape,
  isReference: z.boolean(),
  /** Null for a backend that finished; otherwise the sentence that says why it did not. */
  failure: z.string().nullable(),
  images: z.number().int(),
  detections: z.number().int(),
  detectionsFile: z.string(),
  metrics: metricsSchema.nullable(),
  categories: z.array(categorySchema),
  /** Mean over the categories at the 101 recall points 0, 0.01 … 1; the mean of a curve is its AP. */
  precisionRecall: z.array(
    z.object({ iou: z.enum(['0.50', '0.75', '0.50:0.95']), precision: z.array(z.number()) }),
  ),
  /** This backend minus the reference, over the images both finished; null for the reference itself. */
  difference: z
    .object({
      images: z.number().int(),
      metrics: metricsSchema,
      categories: z.array(z.object({ categoryId: z.number().int(), name: z.string(), ap: figure })),
    })
    .nullable(),
  tensorDifference: tensorDifferenceSchema.nullable(),
  detectionDifference: detectionDifferenceSchema.nullable(),
  quantization: quantizationSchema.nullable(),
  latency: z.array(latencyPointSchema),
  /** Mean milliseconds an image in the accuracy pass: reading and letterboxing are shared by all backends. */
  meanInferenceMs: figure,
});

const noiseFloorSchema = z.object({
  engines: z.tuple([z.string(), z.string()]),
  images: z.number().int(),
  /** Absolute difference of each figure between the two float engines, over these images. */
  metrics: metricsSchema,
  maxAbs: figure,
  sqnr: figure,
});

const galleryBoxSchema = z.object({
  name: z.string(),
  /** Pixels of the image. */
  xyxy: z.tuple([z.number(), z.number(), z.number(), z.number()]),
});

/** One picture with what each backend found at the demo threshold. */
const galleryImageSchema = z.object({
  imageId: z.number().int(),
  fileName: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  /** A small copy of the picture, relative to the run folder. */
  picture: z.string(),
  groundTruth: z.array(galleryBoxSchema.extend({ crowd: z.boolean() })),
  backends: z.array(
    z.object({
      backend: z.string(),
      detections: z.array(
        galleryBoxSchema.extend({ score: z.number(), fate: z.enum(['hit', 'false-alarm', 'in-crowd']) }),
      ),
      /** Indices in `groundTruth`. */
      missed: z.array(z.number().int()),
    }),
  ),
});

export const runRecordSchema = z.object({
  schema: z.literal('mlu-parity/run-record'),
  version: z.literal(1),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** `complete`: every image through every backend. Otherwise what is here is what was finished before `stoppedBy`. */
  status: z.enum(['complete', 'incomplete']),
  stoppedBy: z.string().nullable(),
  verdict: z.object({ sentence: z.string(), exitCode: z.number().int() }),
  options: z.record(z.string(), z.unknown()),
  environment: z.object({
    version: z.string(),
    commit: z.string().nullable(),
    node: z.string(),
    platform: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    memoryGiB: z.number(),
    packages: z.record(z.string(), z.string()),
  }),
  weights: z.object({
    file: z.string(),
    format: z.string(),
    sha256: z.string(),
    variant: z.string(),
    depth: z.number(),
    width: z.number(),
    depthwise: z.boolean(),
    classes: z.number().int(),
    parameters: z.number().int(),
    multiplyAdds: z.number(),
  }),
  dataset: z.object({
    name: z.string(),
    annotationsSha256: z.string(),
    images: z.number().int(),
    imagesAvailable: z.number().int(),
    imagesWithoutAnnotations: z.number().int(),
    annotations: z.number().int(),
    crowdAnnotations: z.number().int(),
    categories: z.number().int(),
    imageIds: z.array(z.number().int()),
    health: z.array(
      z.object({
        code: z.string(),
        severity: z.enum(['error', 'warning', 'note']),
        sentence: z.string(),
        count: z.number().int(),
        examples: z.array(z.string()),
      }),
    ),
  }),
  backends: z.array(backendRecordSchema),
  /** The images whose detections changed most between the backends. */
  gallery: z.array(galleryImageSchema),
  noiseFloor: noiseFloorSchema.nullable(),
  noiseFloorNote: z.string(),
  warnings: z.array(z.string()),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type BackendRecord = RunRecord['backends'][number];
export type LatencyPoint = z.infer<typeof latencyPointSchema>;
export type LatencySeries = z.infer<typeof latencySeriesSchema>;
export type Distribution = z.infer<typeof distributionSchema>;
export type TensorDifference = z.infer<typeof tensorDifferenceSchema>;
export type DetectionDifference = z.infer<typeof detectionDifferenceSchema>;
export type QuantizationRecord = z.infer<typeof quantizationSchema>;
export type GalleryImage = z.infer<typeof galleryImageSchema>;
export type NoiseFloor = z.infer<typeof noiseFloorSchema>;

/**
 * Reads a record from parsed JSON.
 * @throws TypeError with the path of the first entry that does not fit.
 */
export function parseRunRecord(json: unknown): RunRecord {
  const result = runRecordSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TypeError(
    `not a run record of version 1: ${issue?.path.join('.') || 'top level'}: ${issue?.message}`,
  );
}
