import { z } from 'zod';
import { CARD_NAMES } from '../latency/card-choice.ts';
import { troubleOfBudgetKey } from './budget.ts';
import { troubleOfLatencyKey } from './latency-budget.ts';
import {
  ACTIVATIONS,
  ENGINES,
  EXECUTIONS,
  FUNCTIONS,
  QUANTIZED_BACKENDS,
  ROUNDINGS,
} from './option-choices.ts';

const path = z.string().min(1);
const fraction = z.number().min(0).max(1);
const budgets = z.record(z.string(), fraction).superRefine((entries, context) => {
  for (const key of Object.keys(entries)) {
    const message = troubleOfBudgetKey(key);
    if (message !== null) context.addIssue({ code: 'custom', path: [key], message });
  }
});
const latencyBudgets = z.record(z.string(), z.number().min(0).max(100)).superRefine((entries, context) => {
  for (const key of Object.keys(entries)) {
    const message = troubleOfLatencyKey(key);
    if (message !== null) context.addIssue({ code: 'custom', path: [key], message });
  }
});
const extent = z.number().int().min(32).max(4096).multipleOf(32);

/** What may stand in `mlu-parity.config.ts`, and what the command line gives; the latter wins, key by key. */
export const runConfigSchema = z.strictObject({
  /** `.pth`, `.pt` or `.onnx`; `random:yolox-s?seed=1` makes seeded random weights of an official variant. */
  weights: path.optional(),
  /** A COCO folder: `annotations/` beside the split's images, or `instances*.json` beside `images/`; or `scenes:200?seed=7`. */
  dataset: path.optional(),
  annotations: path.optional(),
  imageDir: path.optional(),
  split: path.optional(),
  /** The first one is the reference. `int8` is the `int16` backend with 8 bits, so that both fit in one run. */
  backends: z
    .array(z.enum(['cpu-float', ...QUANTIZED_BACKENDS]))
    .min(1)
    .optional(),
  engine: z.enum(ENGINES).optional(),
  /** Network input, height and width in pixels, multiples of 32. */
  size: z.union([extent, z.tuple([extent, extent])]).optional(),
  conf: fraction.optional(),
  nms: fraction.optional(),
  demoConf: fraction.optional(),
  demoNms: fraction.optional(),
  images: z.number().int().min(1).optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  imageIds: z.array(z.number().int()).min(1).optional(),
  imageList: path.optional(),
  /** RGB, /255 and ImageNet mean and std, for weights from before YOLOX 0.1.1. */
  legacy: z.boolean().optional(),
  /** Folder of images the input scales of the quantised backends are taken from, or `scenes:8?seed=3`. */
  calibration: path.optional(),
  calibrationImages: z.number().int().min(1).optional(),
  headroom: z.number().min(1).max(100).optional(),
  percentile: z.number().gt(50).max(100).optional(),
  /** Quantised checkpoints by backend name; the key `all` serves every quantised backend. */
  quantized: z.partialRecord(z.enum(['all', ...QUANTIZED_BACKENDS]), path).optional(),
  bits: z.union([z.literal(8), z.literal(16)]).optional(),
  execution: z.enum(EXECUTIONS).optional(),
  rounding: z.enum(ROUNDINGS).optional(),
  perChannel: z.boolean().optional(),
  /** Type of the values in the card's memory, of the emulated `mlu-online` and `mlu-offline`. */
  activations: z.enum(ACTIVATIONS).optional(),
  /** Their sigmoid and exponential: exact, or by the tables of the library's `functions`. */
  functions: z.enum(FUNCTIONS).optional(),
  /** The command that starts the agent beside the card, as `ssh host python3 agent`. */
  agent: path.optional(),
  /** Bound on one request to it and on its first word, in seconds; where it is left out 600, 3600 to export an offline model, 120 for the first word. */
  agentTimeout: z.number().min(1).max(86_400).optional(),
  /** Where `mlu-online` runs: `agent`, `emulated`, or `bundle:DIR`, what an agent recorded. */
  mluOnline: z.string().optional(),
  /** The same of `mlu-offline`; also `model:FILE[,FILE]` (`4=FILE` for core number 4), offline models for the agent to run. */
  mluOffline: z.string().optional(),
  cores: z.array(z.number().int().min(1).max(1024)).min(1).optional(),
  /** A second core number to score the last backend on a card at: a step of the drift of its own. */
  scoreCore: z.number().int().min(1).max(1024).optional(),
  batch: z.array(z.number().int().min(1).max(256)).min(1).optional(),
  /** The card that the latency of `mlu-online` and `mlu-offline` is modelled on. */
  card: z.enum(CARD_NAMES).optional(),
  latency: z.boolean().optional(),
  latencySamples: z.number().int().min(5).max(1_000_000).optional(),
  latencySeconds: z.number().gt(0).optional(),
  /** What `tune --out` wrote for the same weights and size, to show on the page. */
  tuning: path.optional(),
  /** Loss allowed against the reference, `{ AP: 0.005 }`, or of one backend, `{ 'mlu-offline:AP': 0.01 }`. */
  budgets: budgets.optional(),
  /** Loss allowed from one night to a baseline, for `gate`; default `budgets`. */
  gateBudgets: budgets.optional(),
  /** Slowdown allowed in p50 from one night to a baseline, for `gate`: `{ all: 0.05, 'mlu-offline:4': 0.02 }`. */
  latencyBudgets: latencyBudgets.optional(),
  /** Of the bootstrap that gives differences their intervals; 0 = no statistics. */
  replicates: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .refine((count) => count === 0 || count >= 100, 'it must be 0, or at least 100')
    .optional(),
  noiseFloorImages: z.number().int().min(0).optional(),
  saveRaw: z.boolean().optional(),
  /** A part of the images, as `2/7`; `auto` takes it from the environment of an array job. */
  shard: z
    .string()
    .regex(/^(\d{1,6}\/\d{1,6}|auto)$/, 'it must be a shard of so many, as 2/7, or auto')
    .optional(),
  /** As `shard: 'auto'`, of so many. */
  shards: z.number().int().min(1).max(999_999).optional(),
  out: path.optional(),
});

export type RunConfig = z.infer<typeof runConfigSchema>;

/** Types a `mlu-parity.config.ts`: `export default defineConfig({ … })`. */
export function defineConfig(config: RunConfig): RunConfig {
  return config;
}
