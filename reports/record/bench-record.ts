import { z } from 'zod';
import { backendDescriptionSchema } from './backend-record.ts';
import { latencyPointSchema } from './latency-point.ts';
import { runRecordSchema } from './run-record.ts';

const { startedAt, finishedAt, status, stoppedBy, options, environment, weights, warnings } =
  runRecordSchema.shape;

/** The record of `bench`: latency alone, in the points of a run's record. */
export const benchRecordSchema = z.object({
  schema: z.literal('mlu-parity/bench-record'),
  version: z.literal(1),
  ...{ startedAt, finishedAt, status, stoppedBy, options, environment, weights },
  input: z.object({
    /** What the timed images are: pictures, or numbers that no camera made. */
    kind: z.enum(['pictures', 'synthetic', 'none']),
    description: z.string(),
    images: z.number().int(),
    size: z.tuple([z.number().int(), z.number().int()]),
  }),
  /** Those that have a point; what failed stands in `failures`. */
  backends: z.array(
    z.object({
      ...backendDescriptionSchema.omit({ coreNumber: true, decoded: true }).shape,
      latency: z.array(latencyPointSchema),
    }),
  ),
  failures: z.array(z.object({ backend: z.string(), reason: z.string() })),
  warnings,
});

export type BenchRecord = z.infer<typeof benchRecordSchema>;
