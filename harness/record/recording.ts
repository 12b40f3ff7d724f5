import { z } from 'zod';
import { MLU_BACKENDS } from '../config/option-choices.ts';
import { sessionDescriptionSchema } from '../device/agent-messages.ts';
import { sha256Schema } from './recording-plan.ts';

const milliseconds = z.number().nonnegative();
const series = z.array(milliseconds).min(1);
/** Of an offline model; null for a backend without one. */
const model = z.object({ sha256: sha256Schema, exported: z.boolean() }).nullable();

const recordedBackendSchema = z.object({
  name: z.enum(MLU_BACKENDS),
  /** Every image has its output. */
  complete: z.boolean(),
  /** Sentences; a complete backend may have some of core numbers that could not be timed. */
  failures: z.array(z.string()),
  /** Sentences: what was odd while its offline models were exported. */
  warnings: z.array(z.string()).default([]),
  /** Of the session that the outputs are of. */
  description: sessionDescriptionSchema.nullable(),
  model,
  images: z.array(
    z.object({
      id: z.number().int(),
      file: z.string(),
      sha256: sha256Schema,
      deviceMs: milliseconds.nullable(),
    }),
  ),
  latency: z.array(
    z
      .object({
        coreNumber: z.number().int().positive(),
        description: sessionDescriptionSchema,
        model,
        /** One output of the plan's first image at this core number. */
        file: z.string(),
        sha256: sha256Schema,
        hostMs: series,
        deviceMs: series.nullable(),
        wallSeconds: z.number().nonnegative(),
        /** Whether every timed output was bit-equal to the first. */
        sameOutputs: z.boolean(),
      })
      .refine(({ hostMs, deviceMs }) => deviceMs === null || deviceMs.length === hostMs.length, {
        message: 'hostMs and deviceMs must be of the same requests',
      }),
  ),
});

/** What the agent's `record` wrote beside the outputs. */
export const recordingSchema = z.object({
  schema: z.literal('mlu-parity/recording'),
  version: z.literal(1),
  /** Its version. */
  agent: z.string(),
  /** SHA-256 of plan.json, which lies beside it. */
  plan: sha256Schema,
  startedAt: z.string(),
  finishedAt: z.string(),
  backends: z.array(recordedBackendSchema),
});

export type RecordedBackend = z.infer<typeof recordedBackendSchema>;
export type RecordedLatency = RecordedBackend['latency'][number];
