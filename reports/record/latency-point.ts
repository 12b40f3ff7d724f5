import { z } from 'zod';
import { figure, provenanceSchema } from './figure.ts';

const latencySeriesSchema = z.object({
  samples: z.number().int(),
  minMs: z.number(),
  meanMs: z.number(),
  sdMs: figure,
  p50Ms: z.number(),
  /** 95 % interval of the median from order statistics, wider where samples tell of each other; null where they are too few. */
  p50IntervalMs: z.tuple([z.number(), z.number()]).nullable(),
  p90Ms: figure,
  p95Ms: figure,
  p99Ms: figure,
  imagesPerSecond: z.number(),
  /** Why a percentile above is null. */
  withheld: z.array(z.string()),
  /** Every sample, in the order it was taken. */
  samplesMs: z.array(z.number()).default([]),
  /** Samples above Q3 + 3 (Q3 − Q1); they are in every figure above. */
  outliers: z.object({ count: z.number().int(), aboveMs: z.number() }).nullable().default(null),
  /** Median of the second half over that of the first, less 1, and the standard deviations of their rank sum, wider where samples tell of each other. */
  secondHalf: z.object({ change: z.number(), z: z.number() }).nullable().default(null),
  /** As many independent samples would tell as much of the median. */
  effectiveSamples: figure.default(null),
});

/** Outputs of timed inferences, image by image, held against the scored ones. */
const outputAgreementSchema = z.object({
  compared: z.number().int(),
  bitEqual: z.number().int(),
  /** Beyond the tolerance. */
  mismatched: z.number().int(),
  /** Largest difference of an element; null where one side is NaN or infinite. */
  maxAbs: figure,
});

/** What a modelled time is made of: see `modelLatency` of the reference. */
const modelledSchema = z.object({
  card: z.string(),
  bits: z.number().int(),
  activationBytes: z.number().int(),
  /** Whether a convolution runs with its batch norm and activation as one operation. */
  fused: z.boolean(),
  launchMs: z.number(),
  perCoreMs: z.number(),
  layersMs: z.number(),
  synchronisationMs: z.number(),
  launches: z.number().int(),
  layers: z.number().int(),
  memoryBoundLayers: z.number().int(),
  memoryBoundMs: z.number(),
});

export const latencyPointSchema = z.object({
  /** Threads or cores that ran, and that the run had asked for. */
  coreNumber: z.number().int(),
  askedCoreNumber: z.number().int(),
  batch: z.number().int(),
  provenance: provenanceSchema,
  /** Of all turns, in the order they were taken; in no figure below. */
  warmUpMs: z.array(z.number()),
  /** Null where the time is modelled, which is time on the device. */
  host: latencySeriesSchema.nullable(),
  device: latencySeriesSchema.nullable(),
  /** Parts in which the samples were taken, in turns with the other points; 0 for a time that was not taken here. */
  turns: z.number().int().default(1),
  timerResolutionMs: figure.default(null),
  output: outputAgreementSchema.nullable().default(null),
  /** The least time that the arithmetic of the card leaves; null where no card is known. */
  floorMs: figure.default(null),
  modelled: modelledSchema.nullable().default(null),
  /** What someone who reads the figures has to know. */
  notes: z.array(z.string()),
});

export type LatencyPoint = z.infer<typeof latencyPointSchema>;
export type LatencySeries = z.infer<typeof latencySeriesSchema>;
export type OutputAgreement = z.infer<typeof outputAgreementSchema>;
