import { z } from 'zod';
import { MLU_BACKENDS } from '../config/option-choices.ts';

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'it must be a SHA-256');
const count = z.number().int().positive();
const side = z.number().int().min(32).max(4096).multipleOf(32);

/** A path below the folder that does not lead out of it. */
const below = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[^/\\\0]+(?:\/[^/\\\0]+)*$/, 'it must be a path below the folder');

const fileSchema = z.object({
  file: below,
  sha256: sha256Schema,
  /** Of the file that it is a copy of. */
  name: z.string(),
});

/** How each backend decodes its boxes on the device: what compiles there. */
export const DECODE_FORMS = { 'mlu-online': 'concatenated', 'mlu-offline': 'fixed-grids' } as const;

/** What is to be run on a device that no connection leads to, and what it was made of. */
export const recordingPlanSchema = z.object({
  schema: z.literal('mlu-parity/plan'),
  version: z.literal(1),
  /** Of this program. */
  writtenBy: z.string(),
  weights: z.object({ file: z.string(), sha256: sha256Schema, variant: z.string() }),
  classes: count,
  dataset: z.string(),
  /** Height and width. */
  size: z.tuple([side, side]),
  legacy: z.boolean(),
  batch: z.literal(1),
  images: z
    .array(
      z.object({
        id: z.number().int(),
        fileName: z.string(),
        /** A `.npy` file, NCHW `[1, 3, height, width]`: `|u1` or `<f4`. */
        input: below,
        sha256: sha256Schema,
        /** Of the same pixels as float32, little-endian, whatever the file has them in. */
        pixelsSha256: sha256Schema,
      }),
    )
    .min(1),
  /** Card that everything is compiled for. */
  coreVersion: z.string().regex(/^MLU\d{3}$/, 'it must be a card such as MLU270'),
  /** Of the latency; outputs are those of the first one. */
  cores: z.array(count).min(1),
  latency: z.object({ requests: count, seconds: z.number().positive() }),
  backends: z
    .array(
      z.object({
        name: z.enum(MLU_BACKENDS),
        decode: z.enum(['concatenated', 'fixed-grids']),
        /** Null where every offline model is given. */
        checkpoint: fileSchema.nullable(),
        /** Offline models by core number; one that is missing is exported from the checkpoint. */
        models: z.record(z.string().regex(/^[1-9]\d*$/), fileSchema),
      }),
    )
    .min(1),
});

export type RecordingPlan = z.infer<typeof recordingPlanSchema>;
export type PlannedBackend = RecordingPlan['backends'][number];
