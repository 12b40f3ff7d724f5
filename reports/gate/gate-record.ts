import { z } from 'zod';
import { figure } from '../record/figure.ts';

/** One figure of one backend held against what is allowed of it. */
export const gateCheckSchema = z.object({
  /** What it is held against: the baseline's images, the baseline's times, or the nights before. */
  kind: z.enum(['accuracy', 'latency', 'series']),
  /** Name, and the same with precision and provenance. */
  backend: z.string(),
  label: z.string(),
  /** One of COCO's figures, or `p50`. */
  metric: z.string(),
  /** `4 cores, batch 1` of a time; else empty. */
  point: z.string(),
  /** Of AP a fraction; of a time a share of the baseline's. */
  unit: z.enum(['fraction', 'share']),
  /** The loss, or the slowdown, that is allowed. */
  budget: z.number(),
  verdict: z.enum(['regressed', 'equivalent', 'cannot-tell']),
  /** Of a time in ms. */
  baseline: figure,
  actual: figure,
  /** Of AP `actual − baseline`, of a time `actual / baseline − 1`; with its 95 % interval, where there is one. */
  difference: figure,
  low: figure,
  high: figure,
  images: figure,
  /** Where it cannot tell: images that would, estimated. */
  imagesNeeded: figure,
  /** Whether a re-run shows it too; `none` where there was no re-run to ask, or nothing to confirm. */
  confirmation: z.enum(['confirmed', 'not-confirmed', 'none']),
  /** Why it is so, where the figures do not say it; else empty. */
  reason: z.string(),
});

/** What a gate says of a run: plain, versioned JSON, from which every document of it is made. */
export const gateRecordSchema = z.object({
  schema: z.literal('mlu-parity/gate'),
  version: z.literal(1),
  judgedAt: z.string(),
  verdict: z.enum(['regressed', 'equivalent', 'cannot-tell', 'failed']),
  exitCode: z.number().int(),
  sentence: z.string(),
  run: z.object({
    folder: z.string(),
    recordSha256: z.string(),
    startedAt: z.string(),
    finishedAt: z.string(),
    commit: z.string().nullable(),
    images: z.number().int(),
  }),
  /** Null where there is none yet. */
  baseline: z
    .object({
      name: z.string(),
      run: z.number().int(),
      startedAt: z.string(),
      setAt: z.string(),
      reason: z.string(),
    })
    .nullable(),
  checks: z.array(gateCheckSchema),
  /** What someone who reads the figures has to know. */
  notes: z.array(z.string()),
});

export type GateCheck = z.infer<typeof gateCheckSchema>;
export type GateRecord = z.infer<typeof gateRecordSchema>;

/** @throws TypeError with the path of the first entry that does not fit. */
export function parseGateRecord(json: unknown): GateRecord {
  const result = gateRecordSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TypeError(
    `not what a gate of version 1 says: ${issue?.path.join('.') || 'top level'}: ${issue?.message}`,
  );
}
