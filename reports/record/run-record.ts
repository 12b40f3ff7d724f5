import { printableJson } from '../printable.ts';
import { z } from 'zod';
import { backendRecordSchema } from './backend-record.ts';
import { driftStepSchema } from './drift-step.ts';
import { figure, metricsSchema, timeSchema } from './figure.ts';
import { galleryImageSchema } from './gallery-image.ts';
import { tuneResultSchema } from './tune-result.ts';

const noiseFloorSchema = z.object({
  engines: z.tuple([z.string(), z.string()]),
  images: z.number().int(),
  /** Absolute difference of each figure between the two float engines, over these images. */
  metrics: metricsSchema,
  maxAbs: figure,
  sqnr: figure,
});

/**
 * The record of one run: plain, versioned JSON, the only thing that reports, comparisons and gates read.
 *
 * A figure that does not exist is `null`, never 0: an AP without ground truth, a percentile with too few samples, the
 * SQNR of two equal outputs (infinite, which JSON cannot hold; `identicalImages` counts those).
 */
export const runRecordSchema = z.object({
  schema: z.literal('mlu-parity/run-record'),
  version: z.literal(1),
  startedAt: timeSchema,
  finishedAt: timeSchema,
  /** `complete`: every image through every backend. Otherwise what is here is what was finished before `stoppedBy`. */
  status: z.enum(['complete', 'incomplete']),
  stoppedBy: z.string().nullable(),
  verdict: z.object({ sentence: z.string(), exitCode: z.number().int() }),
  options: z.record(z.string(), z.unknown()),
  /** What the options were resolved from, before defaults; null where nobody typed any. */
  asked: z.record(z.string(), z.unknown()).nullable().default(null),
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
  /** The way from the reference through the stages of the port; empty where fewer than two steps were run. */
  drift: z.array(driftStepSchema).default([]),
  /** The images whose detections changed most between the backends. */
  gallery: z.array(galleryImageSchema),
  noiseFloor: noiseFloorSchema.nullable(),
  noiseFloorNote: z.string(),
  /** What was found of core numbers, batches and contexts, each with its own provenance. */
  tunings: z.array(tuneResultSchema).default([]),
  warnings: z.array(z.string()),
  /** Which part of a run this is the record of; null for a whole one. */
  shard: z.object({ index: z.number().int(), count: z.number().int() }).nullable().default(null),
  /** How many shards it was joined from; null for a run that was never apart. */
  mergedFrom: z.number().int().nullable().default(null),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type NoiseFloor = z.infer<typeof noiseFloorSchema>;

/**
 * Reads a record from parsed JSON; what would do something to a terminal in its strings is spelt out.
 * @throws TypeError with the path of the first entry that does not fit.
 */
export function parseRunRecord(json: unknown): RunRecord {
  const result = runRecordSchema.safeParse(printableJson(json));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TypeError(
    `not a run record of version 1: ${issue?.path.join('.') || 'top level'}: ${issue?.message}`,
  );
}
