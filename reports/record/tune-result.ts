import { z } from 'zod';
import { figure, provenanceSchema } from './figure.ts';

const interval = z.tuple([z.number(), z.number()]).nullable();

const pointSchema = z.object({
  coreNumber: z.number().int(),
  /** Images a request. */
  batch: z.number().int(),
  contexts: z.number().int(),
  /** Core number times contexts. */
  coresTaken: z.number().int(),
  /**
   * `chosen`; `equivalent`: loses no more than the margin; `contender`: not told from the best; `behind`: surely worse;
   * the rest are out, with a `reason`.
   */
  state: z.enum([
    'chosen',
    'equivalent',
    'contender',
    'behind',
    'over-limit',
    'failed',
    'other-outputs',
    'not-measured',
  ]),
  reason: z.string().nullable(),
  rounds: z.number().int(),
  requests: z.number().int(),
  /** Requests of three times the median or more that are set aside: in `p99WithStallsMs` alone they count. */
  stalls: z.number().int(),
  p50Ms: figure,
  /** 95 % confidence interval of the median from order statistics, wider where rounds differ; null where they are too few. */
  p50IntervalMs: interval,
  /** Null below 662 requests, and of a source without noise, whose times have no distribution. */
  p99Ms: figure,
  p99WithStallsMs: figure,
  imagesPerSecond: figure,
  /**
   * The figures as they would have been in the rounds of the point compared with (`comparedWith`), over the rounds that
   * both were in: what a drift of the machine did is the same for all of them. Null without a shared round.
   */
  comparable: z.object({ p50Ms: z.number(), imagesPerSecond: z.number() }).nullable(),
  /** How much worse in the objective than that point: 0.05 is 5 %. */
  loss: z.object({ estimate: z.number(), interval }).nullable(),
  /** Whether no other point has both a lower latency and a higher throughput. */
  onFront: z.boolean(),
  /**
   * Whether its p99 is shown to be under the limit; `under` where there is no limit, `under-without-stalls` where that is
   * shown only of the requests that are not set aside as stalls.
   */
  limitStanding: z.enum(['under', 'under-without-stalls', 'over', 'unknown']),
  /** Null for a point that was not in the last look. */
  probabilityBest: figure,
  expectedLoss: figure,
});

const lawSchema = z.object({
  law: z.enum(['amdahl', 'universal']),
  batch: z.number().int(),
  /** `one` context at every core number, or as many as `fill` the device. */
  contexts: z.enum(['one', 'fill']),
  points: z.number().int(),
  t1Ms: z.number(),
  sigma: z.number(),
  kappa: z.number(),
  /** From this core number on more cores make it slower; null where there is none. */
  fastestCoreNumber: figure,
  /** Relative error on points left out of the fit, one at a time. */
  heldOutRms: z.number(),
  heldOutWorst: z.number(),
});

const outputCheckSchema = z.object({
  coreNumber: z.number().int(),
  batch: z.number().int(),
  outcome: z.enum(['equal', 'close', 'other', 'failed']),
  maxAbs: figure,
  sqnr: figure,
  reason: z.string().nullable(),
});

/** What `tune` measured and chose: plain, versioned JSON. */
export const tuneResultSchema = z.object({
  schema: z.literal('mlu-parity/tune-result'),
  version: z.literal(1),
  status: z.enum(['chosen', 'none-under-limit', 'inconclusive', 'interrupted']),
  objective: z.enum(['p50', 'p99', 'throughput']),
  p99LimitMs: figure,
  /** A loss that does not matter: 0.01 is 1 %. */
  margin: z.number(),
  maxSeconds: z.number(),
  seed: z.number().int(),
  source: z.object({
    backend: z.string(),
    precision: z.string(),
    engine: z.string(),
    device: z.string(),
    cores: z.number().int(),
    outputProvenance: provenanceSchema,
    latencyProvenance: provenanceSchema,
    exact: z.boolean(),
  }),
  /** What ran, where the source ran a network. */
  network: z
    .object({ file: z.string(), sha256: z.string(), height: z.number().int(), width: z.number().int() })
    .nullable(),
  points: z.array(pointSchema),
  /** Place in `points` of the chosen one, or of the leader where none was chosen; null where nothing was compared. */
  comparedWith: z.number().int().nullable(),
  /** The point after the chosen one. */
  runnerUp: z.number().int().nullable(),
  outputs: z.array(outputCheckSchema),
  laws: z.array(lawSchema),
  rounds: z.number().int(),
  requests: z.number().int(),
  /** What a full grid takes, every point with as many requests as the one that has most. */
  fullGridRequests: z.number().int(),
  seconds: z.number(),
  /** How much slower the last third of the rounds was than the first, on the point compared with. */
  drift: figure,
  warnings: z.array(z.string()),
  verdict: z.object({ sentence: z.string(), exitCode: z.number().int() }),
  /** The line to paste; null where none was chosen. */
  paste: z.string().nullable(),
});

export type TuneResult = z.infer<typeof tuneResultSchema>;
export type TuneResultPoint = TuneResult['points'][number];
export type TuneLaw = TuneResult['laws'][number];
