import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Objective } from '../../reference/tune/index.ts';
import { COMMAND_LINE, checkValue } from '../config/load-config.ts';
import { type MluBackendName, QUANTIZED_BACKENDS } from '../config/option-choices.ts';
import { refuseIdle } from '../config/refuse-idle.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import type { CardChoice } from '../latency/card-choice.ts';
import { coreNumbersUpTo } from '../latency/core-numbers.ts';
import { type BackendOptions, chooseCardFor, resolveBackendOptions } from '../run/backend-options.ts';
import { isMlu } from '../run/backend-spec.ts';
import { definedOnly } from '../run/defined-only.ts';
import { resolveDevices } from '../run/resolve-devices.ts';

/** What the command line of `tune` gives: what `run` calls alike is checked alike. */
export const tuneFlagsSchema = runConfigSchema
  .pick({
    weights: true,
    engine: true,
    size: true,
    seed: true,
    cores: true,
    batch: true,
    calibration: true,
    calibrationImages: true,
    headroom: true,
    percentile: true,
    quantized: true,
    bits: true,
    execution: true,
    rounding: true,
    perChannel: true,
    legacy: true,
    card: true,
    activations: true,
    agent: true,
    agentTimeout: true,
    mluOnline: true,
    mluOffline: true,
    out: true,
  })
  .extend({
    backend: z.enum(['cpu-float', ...QUANTIZED_BACKENDS]).optional(),
    objective: z.enum(['p50', 'p99', 'throughput']).optional(),
    p99Limit: z.number().gt(0).optional(),
    /** Percent. */
    margin: z.number().min(0).max(50).optional(),
    maxSeconds: z.number().gt(0).optional(),
  });

type TuneFlags = z.infer<typeof tuneFlagsSchema>;

export interface TuneOptions {
  readonly weights: string;
  /** Size and what opens the backend; of a modelled card the size alone counts. */
  readonly backend: BackendOptions;
  /** Of a card that is not there; null where the backend is measured. */
  readonly model: {
    readonly name: MluBackendName;
    readonly card: CardChoice;
    readonly bits: 8 | 16;
    readonly activations: 'float32' | 'float16';
  } | null;
  readonly cores: readonly number[];
  readonly batches: readonly number[];
  readonly objective: Objective;
  readonly p99LimitMs: number | null;
  /** A share. */
  readonly margin: number;
  readonly maxSeconds: number;
  readonly seed: number;
  readonly out: string | null;
}

/**
 * Checks what was typed, and fills in the defaults.
 * @throws UsageError naming the option and what to give instead.
 */
export function resolveTuneOptions(typed: unknown): TuneOptions {
  const flags = checkValue(tuneFlagsSchema, typed, COMMAND_LINE);
  if (flags.weights === undefined) {
    throw new UsageError(
      'nothing to tune: give --weights FILE (a YOLOX .pth, .pt or .onnx); see mlu-parity tune --help',
    );
  }
  const name = flags.backend ?? 'cpu-float';
  // A lowest p50 and a highest throughput are there for a model too.
  const { objective: typedObjective, ...rest } = flags;
  const placed = resolveDevices('tune', flags, [name]);
  const isModelled = isMlu(name) && placed.devices[name].kind === 'emulated';
  refuseIdle('tune', !isModelled || typedObjective === 'p99' ? flags : rest, [name], placed.uses);
  if (flags.legacy && flags.calibration === undefined) {
    throw new UsageError(
      '--legacy has no effect without --calibration, whose images it preprocesses: leave it out',
    );
  }
  const objective = flags.objective ?? (flags.p99Limit === undefined ? 'p50' : 'throughput');
  if (flags.p99Limit !== undefined && objective !== 'throughput') {
    throw new UsageError(
      `--p99-limit ${flags.p99Limit} has no effect with --objective ${objective}: add --objective throughput, or leave it out`,
    );
  }
  const cores = flags.cores && ascending(flags.cores);
  const card = isMlu(name) ? chooseCardFor({ card: flags.card, cores }, placed.agent) : null;
  const model = isModelled
    ? {
        name,
        card: card!,
        bits: flags.bits ?? 16,
        activations: flags.activations ?? ('float32' as const),
      }
    : null;
  return {
    weights: flags.weights,
    backend: backendOptionsOf(flags, name, { ...placed, isModelled }),
    model,
    cores: card?.cores ?? cores ?? coreNumbersUpTo(availableParallelism()),
    batches: ascending(flags.batch ?? (objective === 'throughput' ? [1, 2, 4, 8] : [1])),
    objective,
    p99LimitMs: flags.p99Limit ?? null,
    margin: (flags.margin ?? 1) / 100,
    maxSeconds: flags.maxSeconds ?? 120,
    seed: flags.seed ?? 0,
    out: flags.out ?? null,
  };
}

/** A model opens no backend: of what `run` takes too it needs the size alone. */
function backendOptionsOf(
  flags: TuneFlags,
  name: NonNullable<TuneFlags['backend']>,
  placed: Pick<BackendOptions, 'agent' | 'devices'> & { readonly isModelled: boolean },
): BackendOptions {
  if (placed.isModelled) {
    return resolveBackendOptions({ backends: ['cpu-float'], ...definedOnly({ size: flags.size }) }, {});
  }
  const config = { ...flags, backends: [name] };
  return {
    ...resolveBackendOptions(config, config, placed),
    modelUse: { cores: flags.cores ?? null, batches: flags.batch ?? null, scored: false },
  };
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
