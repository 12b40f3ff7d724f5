import { availableParallelism } from 'node:os';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';

export type BackendSpec =
  | { readonly name: 'cpu-float' }
  | { readonly name: 'int16' | 'int8'; readonly bits: 8 | 16 };

/** Every option of a run, resolved: no defaults are left to choose but the size, which depends on the weights. */
export interface RunOptions {
  readonly weights: string;
  readonly data: {
    readonly dataset?: string;
    readonly split?: string;
    readonly annotations?: string;
    readonly imageDir?: string;
  };
  readonly selection: {
    readonly images?: number;
    readonly seed: number;
    readonly imageIds?: readonly number[];
    readonly imageList?: string;
  };
  readonly backends: readonly BackendSpec[];
  readonly engine: 'onnxruntime' | 'tfjs';
  readonly size: readonly [number, number] | null;
  readonly legacy: boolean;
  readonly thresholds: { readonly conf: number; readonly nms: number };
  readonly demoThresholds: { readonly conf: number; readonly nms: number };
  readonly quantization: {
    readonly checkpoints: Readonly<Partial<Record<'all' | 'int16' | 'int8', string>>>;
    readonly calibration?: string;
    readonly calibrationImages: number;
    readonly headroom: number;
    readonly percentile?: number;
    readonly execution: 'exact' | 'fast';
    readonly rounding: 'half-away-from-zero' | 'half-to-even' | 'half-up';
    readonly perChannel: boolean;
  };
  readonly latency: {
    readonly cores: readonly number[];
    readonly samples: number;
    readonly seconds: number;
  } | null;
  readonly noiseFloorImages: number;
  readonly saveRaw: boolean;
  readonly out: string;
}

/** What getting a backend ready takes. */
export type BackendOptions = Pick<RunOptions, 'backends' | 'engine' | 'legacy' | 'quantization'>;

/**
 * Fills in the defaults and refuses combinations that have no meaning.
 * @param typed what must have an effect. A configuration file may hold more than one run of it uses, as a calibration where
 *   the command line asks for `--backends cpu-float`.
 * @throws UsageError naming the option and what to give instead.
 */
export function resolveRunOptions(config: RunConfig, now: Date, typed: RunConfig = config): RunOptions {
  if (config.weights === undefined || (config.dataset === undefined && config.annotations === undefined)) {
    throw new UsageError(
      'nothing to run: give --weights FILE (a YOLOX .pth, .pt or .onnx) and --dataset DIR (a COCO folder), ' +
        'or --config mlu-parity.config.ts with both; see mlu-parity run --help',
    );
  }
  if (config.dataset !== undefined && config.annotations !== undefined) {
    throw new UsageError('--dataset and --annotations both name the ground truth: give one of them');
  }
  if (config.annotations !== undefined && config.imageDir === undefined) {
    throw new UsageError(`--annotations ${config.annotations} needs --image-dir, the folder of its images`);
  }
  if (config.imageDir !== undefined && config.annotations === undefined) {
    throw new UsageError(`--image-dir ${config.imageDir} needs --annotations, the COCO file of its images`);
  }
  const chosen = [config.images, config.imageIds, config.imageList].filter((choice) => choice !== undefined);
  if (chosen.length > 1) {
    throw new UsageError('--images, --image-ids and --image-list each choose the images: give one of them');
  }
  if (config.headroom !== undefined && config.percentile !== undefined) {
    throw new UsageError('--headroom widens the absmax and --percentile replaces it: give one of them');
  }
  const backends = resolveBackends(config);
  refuseWithoutEffect(config, backends, typed);
  refuseExactTfjs(config, backends);
  const size = config.size;
  return {
    weights: config.weights,
    data: definedOnly({
      dataset: config.dataset,
      split: config.split,
      annotations: config.annotations,
      imageDir: config.imageDir,
    }),
    selection: {
      ...definedOnly({ images: config.images, imageIds: config.imageIds, imageList: config.imageList }),
      seed: config.seed ?? 0,
    },
    backends,
    engine: config.engine ?? 'onnxruntime',
    size: size === undefined ? null : typeof size === 'number' ? [size, size] : size,
    legacy: config.legacy ?? false,
    thresholds: { conf: config.conf ?? 0.001, nms: config.nms ?? 0.65 },
    demoThresholds: { conf: config.demoConf ?? 0.25, nms: config.demoNms ?? 0.45 },
    quantization: resolveQuantization(config),
    latency:
      (config.latency ?? true)
        ? {
            cores: [...new Set(config.cores ?? [1, availableParallelism()])],
            samples: config.latencySamples ?? 130,
            seconds: config.latencySeconds ?? 20,
          }
        : null,
    noiseFloorImages: config.noiseFloorImages ?? 50,
    saveRaw: config.saveRaw ?? false,
    out: config.out ?? `runs/${now.toISOString().replace(/[:.]/g, '-')}`,
  };
}

/** @throws UsageError where the engine cannot run the execution asked for. */
export function refuseExactTfjs(config: RunConfig, backends: readonly BackendSpec[]): void {
  const quantized = backends.some((backend) => backend.name !== 'cpu-float');
  if (quantized && config.engine === 'tfjs' && (config.execution ?? 'exact') === 'exact') {
    throw new UsageError(
      '--engine tfjs has no exact integer convolution: add --execution fast, or leave the engine to onnxruntime',
    );
  }
}

export function resolveQuantization(config: RunConfig): RunOptions['quantization'] {
  return {
    checkpoints: definedOnly(config.quantized ?? {}),
    ...definedOnly({ calibration: config.calibration, percentile: config.percentile }),
    calibrationImages: config.calibrationImages ?? 8,
    headroom: config.headroom ?? 1,
    execution: config.execution ?? 'exact',
    rounding: config.rounding ?? 'half-away-from-zero',
    perChannel: config.perChannel ?? false,
  };
}

/** @throws UsageError for one named twice, or a quantised one without scales. */
export function resolveBackends(config: RunConfig): BackendSpec[] {
  const names = config.backends ?? ['cpu-float', 'int16'];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new UsageError(`--backends names ${repeated} twice: give each backend once`);
  const specs = names.map((name): BackendSpec => {
    if (name === 'cpu-float') return { name };
    return { name, bits: name === 'int8' ? 8 : (config.bits ?? 16) };
  });
  const widths = specs.flatMap((spec) => (spec.name === 'cpu-float' ? [] : [spec.bits]));
  if (
    new Set(widths).size < widths.length &&
    checkpointOf(config, 'int16') === checkpointOf(config, 'int8')
  ) {
    throw new UsageError(
      `--bits ${config.bits} makes int16 the same as int8, which --backends names too: leave out --bits, or one of the backends`,
    );
  }
  for (const spec of specs) {
    if (spec.name === 'cpu-float') continue;
    if (checkpointOf(config, spec.name) === undefined && config.calibration === undefined) {
      throw new UsageError(
        `the backend ${spec.name} has no input scales: give --calibration DIR (a folder of images) ` +
          'or --quantized FILE (a checkpoint saved by MLU PyTorch)',
      );
    }
  }
  return specs;
}

function checkpointOf({ quantized }: RunConfig, name: 'int16' | 'int8'): string | undefined {
  return quantized?.[name] ?? quantized?.all;
}

/** Options of the quantised backends, of calibration, and of choosing a subset: by their keys, as they are typed. */
export const OF_QUANTIZED = {
  quantized: '--quantized',
  execution: '--execution',
  rounding: '--rounding',
  bits: '--bits',
} as const;
export const OF_CALIBRATION = {
  calibration: '--calibration',
  calibrationImages: '--calibration-images',
  headroom: '--headroom',
  percentile: '--percentile',
  perChannel: '--per-channel',
} as const;

/** An option that changes nothing was given for an effect that the user would look for in vain. */
function refuseWithoutEffect(config: RunConfig, backends: readonly BackendSpec[], typed: RunConfig): void {
  const given = (options: Partial<Record<keyof RunConfig, string>>): string | undefined =>
    Object.entries(options).find(([key]) => typed[key as keyof RunConfig] !== undefined)?.[1];
  const quantized = backends.flatMap(({ name }) => (name === 'cpu-float' ? [] : [name]));

  const idle = quantized.length === 0 ? given({ ...OF_QUANTIZED, ...OF_CALIBRATION }) : undefined;
  if (idle !== undefined) {
    throw new UsageError(
      `${idle} has no effect: no backend of --backends is quantised; leave it out, or add int16 or int8`,
    );
  }
  if (typed.bits !== undefined && !quantized.includes('int16')) {
    throw new UsageError(
      `--bits ${typed.bits} has no effect: it belongs to the backend int16, which --backends does not name; leave it out`,
    );
  }
  const calibrated = quantized.some((name) => checkpointOf(config, name) === undefined);
  const unread = calibrated ? undefined : given(OF_CALIBRATION);
  if (unread !== undefined) {
    throw new UsageError(
      `${unread} has no effect: ${quantized.join(' and ')} takes its scales from --quantized; leave out one of the two`,
    );
  }
  const unused = (['int16', 'int8'] as const).find(
    (name) => typed.quantized?.[name] !== undefined && !quantized.includes(name),
  );
  if (unused !== undefined) {
    throw new UsageError(
      `--quantized ${unused}=${typed.quantized?.[unused]} has no effect: --backends does not name ${unused}; add it, or leave the file out`,
    );
  }
  if (typed.split !== undefined && config.annotations !== undefined) {
    throw new UsageError(
      '--split has no effect with --annotations, which name one file: leave it out, or give --dataset',
    );
  }
  if (typed.seed !== undefined && config.images === undefined) {
    throw new UsageError(
      '--seed has no effect without --images, whose subset it chooses: add it, or leave the seed out',
    );
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined, which `exactOptionalPropertyTypes` keeps apart from absent ones. */
function definedOnly<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Defined<T>;
}
