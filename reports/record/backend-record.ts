import { z } from 'zod';
import { decodeStateSchema } from './decode-state.ts';
import { detectionDifferenceSchema } from './detection-difference.ts';
import { differenceStatisticsSchema } from './difference-statistics.ts';
import { cocoFigure, metricsSchema, provenanceSchema } from './figure.ts';
import { judgementSchema } from './judgement.ts';
import { latencyPointSchema } from './latency-point.ts';
import { quantizationSchema } from './quantization-record.ts';
import { tensorDifferenceSchema } from './tensor-difference.ts';

const categorySchema = z.object({
  categoryId: z.number().int(),
  name: z.string(),
  ap: cocoFigure,
  ap50: cocoFigure,
  groundTruthCount: z.number().int(),
  detectionCount: z.number().int(),
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
  /** Where times were taken, if not on the machine of the record. */
  timedOn: z.string().optional(),
  /** What a device said of itself beyond that, in its own words; absent for none. */
  details: z.record(z.string(), z.unknown()).optional(),
  /** Offline models that were given to be run; absent where none were. */
  offlineModels: z
    .array(
      z.object({
        coreNumber: z.number().int(),
        batch: z.number().int(),
        file: z.string(),
        sha256: z.string(),
      }),
    )
    .readonly()
    .optional(),
  /** The quantised checkpoint that a recording was made from; absent where it was made from none, and for all that ran here. */
  recordedFrom: z.object({ file: z.string(), sha256: z.string() }).optional(),
  /** What an emulated card was taken to do; absent where none was emulated. */
  emulation: z
    .object({
      activations: z.enum(['float32', 'float16']),
      roundedAfter: z.string(),
      functions: z.string(),
      decode: z.string(),
      outputLayout: z.string(),
    })
    .optional(),
});

export const backendRecordSchema = z.object({
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
      /** The reference's figures over the same images, which are fewer than all where this backend failed. */
      reference: metricsSchema,
      categories: z.array(z.object({ categoryId: z.number().int(), name: z.string(), ap: cocoFigure })),
      /** Null where none were asked for, or there is nothing to be found. */
      statistics: differenceStatisticsSchema.nullable().default(null),
    })
    .nullable(),
  /** One for each budget of this backend; empty without budgets. */
  judgements: z.array(judgementSchema).default([]),
  tensorDifference: tensorDifferenceSchema.nullable(),
  detectionDifference: detectionDifferenceSchema.nullable(),
  /** Null for the reference, which the others are held against. */
  decodeState: decodeStateSchema.nullable(),
  quantization: quantizationSchema.nullable(),
  latency: z.array(latencyPointSchema),
});

export type BackendRecord = z.infer<typeof backendRecordSchema>;
