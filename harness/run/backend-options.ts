import { CARDS } from '../../reference/device/index.ts';
import type { DeviceNumerics } from '../backends/emulated-mlu-graph.ts';
import { CORE_VERSIONS } from '../config/option-choices.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type CardChoice, chooseCard } from '../latency/card-choice.ts';
import type { ModelUse } from '../offline/refuse-uncovered.ts';
import { type BackendSpec, checkpointOf, isMlu, isMluSpec, type QuantizedName } from './backend-spec.ts';
import { definedOnly } from './defined-only.ts';
import { refuseIdleScales } from './refuse-idle-scales.ts';
import type { AgentChoice, DeviceSource, DeviceSources } from './resolve-devices.ts';
import { resolveSecondCore, type SecondCore } from './second-core.ts';

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
  /** Where the backends that stand for a card run. */
  readonly devices: DeviceSources;
  /** Null where nothing runs on a card. */
  readonly agent: AgentChoice | null;
  /** What those backends run on or stand for; null where there are none. */
  readonly card: CardChoice | null;
  /** Null where each backend is scored at one core number alone. */
  readonly secondCore: SecondCore | null;
  /** What offline models that are given have to be compiled for. */
  readonly modelUse: ModelUse;
}

/** Everything emulated, as it is without an agent. */
export const EMULATED_DEVICES: DeviceSources = {
  'mlu-online': { kind: 'emulated' },
  'mlu-offline': { kind: 'emulated' },
};

/** The part of `resolveRunOptions` that is about backends; throws as it does. That options have an effect at all is looked at before. */
export function resolveBackendOptions(
  config: RunConfig,
  typed: RunConfig,
  { agent, devices }: Pick<BackendOptions, 'agent' | 'devices'> = { agent: null, devices: EMULATED_DEVICES },
): BackendOptions {
  if (config.headroom !== undefined && config.percentile !== undefined) {
    throw new UsageError('--headroom widens the absmax and --percentile replaces it: give one of them');
  }
  const backends = resolveBackends(config, devices);
  const quantized = backends.flatMap(({ name }) =>
    name === 'cpu-float' || (isMlu(name) && runsGivenModels(devices[name])) ? [] : [name],
  );
  const calibratable = quantized.filter((name) => !isMlu(name) || devices[name].kind === 'emulated');
  refuseIdleScales(config, { quantized, calibratable }, typed);
  const onEngine = backends.some(({ name }) => name !== 'cpu-float' && !isMlu(name));
  if (onEngine && config.engine === 'tfjs' && (config.execution ?? 'exact') === 'exact') {
    throw new UsageError(
      '--engine tfjs has no exact integer convolution: add --execution fast, or leave the engine to onnxruntime',
    );
  }
  const size = config.size;
  const card = backends.some(isMluSpec) ? chooseCardFor(config, agent) : null;
  const secondCore = resolveSecondCore(config, typed, { backends, devices, card });
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
    devices,
    agent,
    card,
    secondCore,
    modelUse: {
      ...{ cores: config.cores ?? null, batches: config.batch ?? [1], scored: true },
      ...(secondCore && { alsoScored: secondCore.coreNumber }),
    },
  };
}

/** @throws UsageError for core numbers that the card has not, and for a card that no agent can drive. */
export function chooseCardFor(
  { card, cores }: Pick<RunConfig, 'card' | 'cores'>,
  agent: AgentChoice | null,
): CardChoice {
  const chosen = chooseCard(card, cores);
  const { name } = CARDS[chosen.name];
  if (agent !== null && !CORE_VERSIONS.some((version) => version === name)) {
    throw new UsageError(
      `--card ${chosen.name} cannot be driven by an agent: MLU PyTorch 1.3 knows ${CORE_VERSIONS.join(' and ')}; leave out --agent to have it modelled`,
    );
  }
  return chosen;
}

/** The backends of a run that names none. */
export const DEFAULT_BACKENDS: NonNullable<RunConfig['backends']> = ['cpu-float', 'int16'];

function resolveBackends(config: RunConfig, devices: DeviceSources): BackendSpec[] {
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
    if (spec.name === 'cpu-float' || checkpointOf(config, spec.name) !== undefined) continue;
    const device = isMlu(spec.name) ? devices[spec.name] : null;
    if (device !== null && bringsScales(device)) continue;
    if (device?.kind === 'agent') {
      throw new UsageError(
        `the backend ${spec.name} has nothing to run on the card: give --quantized FILE (a checkpoint saved by MLU PyTorch)${spec.name === 'mlu-offline' ? ', or --mlu-offline model:FILE (an offline model)' : ''}`,
      );
    }
    if (config.calibration === undefined) {
      throw new UsageError(
        `the backend ${spec.name} has no input scales: give --calibration DIR (a folder of images) ` +
          'or --quantized FILE (a checkpoint saved by MLU PyTorch)',
      );
    }
  }
  return specs;
}

/** Whether a card's scales are with what it runs: an offline model, or one that was recorded. */
function bringsScales(device: DeviceSource): boolean {
  return device.kind === 'bundle' || runsGivenModels(device);
}

function runsGivenModels(device: DeviceSource): boolean {
  return device.kind === 'agent' && device.models.length > 0;
}
