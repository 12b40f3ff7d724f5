import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { QUANTIZED_BACKENDS } from '../config/option-choices.ts';
import { refuseIdle } from '../config/refuse-idle.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import type { CardChoice } from '../latency/card-choice.ts';
import { type CpuCores, cpuCoresOf } from '../latency/cpu-cores.ts';
import { type BackendOptions, chooseCardFor, resolveBackendOptions } from '../run/backend-options.ts';
import { isMlu } from '../run/backend-spec.ts';
import { resolveDevices } from '../run/resolve-devices.ts';

/** What the command line gives: the options that `run` has under the same names, and a few of its own. */
export const benchConfigSchema = runConfigSchema
  .pick({
    ...{ weights: true, engine: true, size: true, legacy: true, seed: true },
    ...{ calibration: true, calibrationImages: true, headroom: true, percentile: true, perChannel: true },
    ...{ quantized: true, bits: true, execution: true, rounding: true },
    ...{ cores: true, batch: true, latencySamples: true, latencySeconds: true },
    ...{ card: true, activations: true, dataset: true, split: true, out: true },
    ...{ agent: true, agentTimeout: true, mluOnline: true, mluOffline: true },
  })
  .extend({
    /** `null` shows what measuring costs; `mlu-online` and `mlu-offline` are modelled on a card. */
    backends: z
      .array(z.enum(['cpu-float', 'null', ...QUANTIZED_BACKENDS]))
      .min(1)
      .optional(),
    image: z.string().min(1).optional(),
  });

export type BenchConfig = z.infer<typeof benchConfigSchema>;

export interface BenchOptions extends CpuCores {
  readonly weights: string;
  /** Of the backends that are measured here. */
  readonly engines: BackendOptions;
  /** In the order they were named. */
  readonly backends: readonly string[];
  /** What mlu-online and mlu-offline run on or stand for; null where neither is named. */
  readonly card: CardChoice | null;
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
    readonly bits: 8 | 16;
    readonly activations: 'float32' | 'float16';
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
  const placed = resolveDevices('bench', config, backends);
  refuseIdle('bench', config, backends, placed.uses);
  const { image, dataset, split, legacy, calibration } = config;
  if (legacy && [image, dataset, calibration].every((pictures) => pictures === undefined)) {
    throw new UsageError(
      '--legacy has no effect without --image, --dataset or --calibration, whose pictures it preprocesses: leave it out, or add one',
    );
  }
  const isModelled = (name: string): boolean => isMlu(name) && placed.devices[name].kind === 'emulated';
  const measured = backends.filter((name) => name !== 'null' && !isModelled(name));
  const cpu = cpuCoresOf(config.cores, {
    besideCard: backends.some(isMlu) && !backends.every(isMlu),
    all: availableParallelism(),
  });
  return {
    weights: config.weights,
    engines: enginesOf(config, measured, placed),
    card: backends.some(isMlu) ? chooseCardFor(config, placed.agent) : null,
    backends,
    ...cpu,
    batches: unique(config.batch ?? [1]),
    samples: config.latencySamples ?? 130,
    seconds: config.latencySeconds ?? 20,
    seed: config.seed ?? 0,
    input: inputOf({ image, dataset, split }),
    model: backends.some(isModelled) ? modelOf(config) : null,
    out: config.out ?? null,
  };
}

/** The part that `run` resolves too. */
function enginesOf(
  { image: _, backends: __, ...shared }: BenchConfig,
  measured: readonly string[],
  placed: Pick<BackendOptions, 'agent' | 'devices'>,
): BackendOptions {
  const backends = (['cpu-float', ...QUANTIZED_BACKENDS] as const).filter((name) => measured.includes(name));
  const config = { ...shared, backends };
  return resolveBackendOptions(config, config, placed);
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

function modelOf({ bits, activations }: BenchConfig): BenchOptions['model'] {
  return {
    bits: bits ?? 16,
    activations: activations ?? 'float32',
  };
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)];
}
