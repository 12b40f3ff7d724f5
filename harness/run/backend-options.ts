import type { DeviceNumerics } from '../backends/emulated-mlu-graph.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type BackendSpec, checkpointOf, isMlu, type QuantizedName } from './backend-spec.ts';
import { definedOnly } from './defined-only.ts';
import { refuseIdleScales } from './refuse-idle-scales.ts';

/** What opens the backends: shared by every command that runs them. */
export interface BackendOptions {
  readonly backends: readonly BackendSpec[];
  readonly engine: 'onnxruntime' | 'tfjs';
  readonly size: readonly [number, number] | null;
  readonly legacy: boolean;
  readonly quantization: {
    readonly checkpoints: Readonly<Partial<Record<'all' | QuantizedName, string>>>;
    readonly calibration?: string;
    readonly calibrationImages: number;
    readonly headroom: number;
    readonly percentile?: number;
    readonly execution: 'exact' | 'fast';
    readonly rounding: 'half-away-from-zero' | 'half-to-even' | 'half-up';
    readonly perChannel: boolean;
  };
  /** Of the backends that emulate a card. */
  readonly numerics: DeviceNumerics;
}

/** The part of `resolveRunOptions` that is about backends; throws as it does. That options have an effect at all is looked at before. */
export function resolveBackendOptions(config: RunConfig, typed: RunConfig): BackendOptions {
  if (config.headroom !== undefined && config.percentile !== undefined) {
    throw new UsageError('--headroom widens the absmax and --percentile replaces it: give one of them');
  }
  const backends = resolveBackends(config);
  const quantized = backends.flatMap(({ name }) => (name === 'cpu-float' ? [] : [name]));
  refuseIdleScales(config, quantized, typed);
  const onEngine = backends.some(({ name }) => name !== 'cpu-float' && !isMlu(name));
  if (onEngine && config.engine === 'tfjs' && (config.execution ?? 'exact') === 'exact') {
    throw new UsageError(
      '--engine tfjs has no exact integer convolution: add --execution fast, or leave the engine to onnxruntime',
    );
  }
  const size = config.size;
  return {
    backends,
    engine: config.engine ?? 'onnxruntime',
    size: size === undefined ? null : typeof size === 'number' ? [size, size] : size,
    legacy: config.legacy ?? false,
    quantization: {
      checkpoints: definedOnly(config.quantized ?? {}),
      ...definedOnly({ calibration: config.calibration, percentile: config.percentile }),
      calibrationImages: config.calibrationImages ?? 8,
      headroom: config.headroom ?? 1,
      execution: config.execution ?? 'exact',
      rounding: config.rounding ?? 'half-away-from-zero',
      perChannel: config.perChannel ?? false,
    },
    numerics: {
      activations: config.activations ?? 'float32',
      functions: config.functions ?? 'exact',
    },
  };
}

/** The backends of a run that names none. */
export const DEFAULT_BACKENDS: NonNullable<RunConfig['backends']> = ['cpu-float', 'int16'];

function resolveBackends(config: RunConfig): BackendSpec[] {
  const names = config.backends ?? DEFAULT_BACKENDS;
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new UsageError(`--backends names ${repeated} twice: give each backend once`);
  const specs = names.map((name): BackendSpec => {
    if (name === 'cpu-float') return { name };
    return { name, bits: name === 'int8' ? 8 : (config.bits ?? 16) };
  });
  const widths = specs.flatMap((spec) => (spec.name === 'cpu-float' || isMlu(spec.name) ? [] : [spec.bits]));
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
