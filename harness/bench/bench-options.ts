import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { runConfigSchema } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type CardChoice, chooseCard } from '../latency/card-choice.ts';
import { type BackendOptions, resolveBackendOptions } from '../run/backend-options.ts';
import { isMlu } from '../run/backend-spec.ts';

const MODELLED = ['mlu-online', 'mlu-offline'] as const;

/** What the command line gives: the options that `run` has under the same names, and a few of its own. */
export const benchConfigSchema = runConfigSchema
  .pick({
    ...{ weights: true, engine: true, size: true, legacy: true, seed: true },
    ...{ calibration: true, calibrationImages: true, headroom: true, percentile: true, perChannel: true },
    ...{ quantized: true, bits: true, execution: true, rounding: true },
    ...{ cores: true, batch: true, latencySamples: true, latencySeconds: true },
    ...{ card: true, activations: true, dataset: true, split: true, out: true },
  })
  .extend({
    /** `null` shows what measuring costs; `mlu-online` and `mlu-offline` are modelled on a card. */
    backends: z
      .array(z.enum(['cpu-float', 'int16', 'int8', 'null', ...MODELLED]))
      .min(1)
      .optional(),
    image: z.string().min(1).optional(),
  });

export type BenchConfig = z.infer<typeof benchConfigSchema>;

export interface BenchOptions {
  readonly weights: string;
  /** Of the backends that are measured here. */
  readonly engines: BackendOptions;
  /** In the order they were named. */
  readonly backends: readonly string[];
  readonly cores: readonly number[];
  readonly batches: readonly number[];
  readonly samples: number;
  readonly seconds: number;
  readonly seed: number;
  readonly input:
    | { readonly kind: 'synthetic' }
    | { readonly kind: 'image'; readonly file: string }
    | { readonly kind: 'dataset'; readonly dir: string; readonly split?: string };
  /** Of the modelled backends; null where there are none. */
  readonly model: {
    readonly card: CardChoice;
    readonly bits: 8 | 16;
    readonly activationBytes: 2 | 4;
  } | null;
  readonly out: string | null;
}

/**
 * Fills in the defaults and refuses combinations that have no meaning.
 * @throws UsageError naming the option and what to give instead.
 */
export function resolveBenchOptions(config: BenchConfig): BenchOptions {
  const backends = config.backends ?? ['cpu-float'];
  if (config.weights === undefined) {
    throw new UsageError(
      'nothing to time: give --weights FILE (a YOLOX .pth, .pt or .onnx, or random:yolox-s?seed=1); see mlu-parity bench --help',
    );
  }
  const repeated = backends.find((name, index) => backends.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new UsageError(`--backends names ${repeated} twice: give each backend once`);
  }
  const modelled = backends.some(isMlu);
  for (const option of ['card', 'activations'] as const) {
    if (config[option] === undefined || modelled) continue;
    throw new UsageError(
      `--${option} ${config[option]} has no effect: it is of ${MODELLED.join(' and ')}, and --backends names neither; add one, or leave it out`,
    );
  }
  const idle = (['image', 'dataset'] as const).find((option) => config[option] !== undefined);
  if (idle !== undefined && backends.every(isMlu)) {
    throw new UsageError(
      `--${idle} ${config[idle]} has no effect: a model looks at no picture; leave it out, or add a backend that is measured`,
    );
  }
  const { image, dataset, split, card, activations, seed, out, batch, ...shared } = config;
  return {
    weights: config.weights,
    engines: enginesOf(shared, backends),
    backends,
    cores: unique(config.cores ?? [1, availableParallelism()]),
    batches: unique(batch ?? [1]),
    samples: config.latencySamples ?? 130,
    seconds: config.latencySeconds ?? 20,
    seed: seed ?? 0,
    input: inputOf({ image, dataset, split }),
    model: modelled ? modelOf(config) : null,
    out: out ?? null,
  };
}

/** The part that `run` resolves too; `--bits` is of the modelled backends as much as of int16. */
function enginesOf(
  { bits, ...shared }: Omit<BenchConfig, 'image' | 'card' | 'activations' | 'seed'>,
  backends: readonly string[],
): BackendOptions {
  const measured = backends.filter((name) => name === 'cpu-float' || name === 'int16' || name === 'int8');
  const ofInt16 = bits !== undefined && (measured.includes('int16') || !backends.some(isMlu));
  const config = { ...shared, ...(ofInt16 ? { bits } : {}), backends: measured };
  return resolveBackendOptions(config, config);
}

function inputOf({
  image,
  dataset,
  split,
}: Pick<BenchConfig, 'image' | 'dataset' | 'split'>): BenchOptions['input'] {
  if (image !== undefined && dataset !== undefined) {
    throw new UsageError('--image and --dataset both name what is timed: give one of them');
  }
  if (split !== undefined && dataset === undefined) {
    throw new UsageError(`--split ${split} has no effect without --dataset: add it, or leave the split out`);
  }
  if (image !== undefined) return { kind: 'image', file: image };
  if (dataset !== undefined)
    return { kind: 'dataset', dir: dataset, ...(split !== undefined ? { split } : {}) };
  return { kind: 'synthetic' };
}

function modelOf({ card, cores, bits, activations }: BenchConfig): BenchOptions['model'] {
  return {
    card: chooseCard(card, cores),
    bits: bits ?? 16,
    activationBytes: activations === 'float16' ? 2 : 4,
  };
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)];
}
