import { z } from 'zod';
import { figure, provenanceSchema } from './figure.ts';

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

export const latencyPointSchema = z.object({
  /** Threads or cores that ran, and that the run had asked for. */
  coreNumber: z.number().int(),
  askedCoreNumber: z.number().int(),
  batch: z.number().int(),
  provenance: provenanceSchema,
  warmUpMs: z.array(z.number()),
  host: latencySeriesSchema,
  device: latencySeriesSchema.nullable(),
  /** What someone who reads the figures has to know. */
  notes: z.array(z.string()),
});

export type LatencyPoint = z.infer<typeof latencyPointSchema>;
export type LatencySeries = z.infer<typeof latencySeriesSchema>;
