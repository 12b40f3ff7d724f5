import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Objective } from '../../reference/tune/index.ts';
import type { MluBackendName } from '../backends/emulated-mlu-graph.ts';
import { checkValue } from '../config/load-config.ts';
import { QUANTIZED_BACKENDS, runConfigSchema } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type CardChoice, chooseCard } from '../latency/card-choice.ts';
import { type BackendOptions, resolveBackendOptions } from '../run/backend-options.ts';
import { isMlu } from '../run/backend-spec.ts';

const batch = z.number().int().min(1).max(1024);

/** What the command line of `tune` gives: what `run` calls alike is checked alike. */
const tuneFlagsSchema = runConfigSchema
  .pick({
    weights: true,
    engine: true,
    size: true,
    seed: true,
    cores: true,
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
    out: true,
  })
  .extend({
    backend: z.enum(['cpu-float', ...QUANTIZED_BACKENDS]).optional(),
    batch: z.array(batch).min(1).optional(),
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
    readonly activationBytes: 2 | 4;
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
  const flags = checkValue(tuneFlagsSchema, typed, 'command line');
  if (flags.weights === undefined) {
    throw new UsageError(
      'nothing to tune: give --weights FILE (a YOLOX .pth, .pt or .onnx); see mlu-parity tune --help',
    );
  }
  const objective = flags.objective ?? (flags.p99Limit === undefined ? 'p50' : 'throughput');
  if (flags.p99Limit !== undefined && objective !== 'throughput') {
    throw new UsageError(
      `--p99-limit ${flags.p99Limit} has no effect with --objective ${objective}: add --objective throughput, or leave it out`,
    );
  }
  const name = flags.backend ?? 'cpu-float';
  refuseIdle(flags, name);
  const model = isMlu(name)
    ? {
        name,
        card: chooseCard(flags.card, flags.cores && ascending(flags.cores)),
        bits: flags.bits ?? 16,
        activationBytes: flags.activations === 'float16' ? (2 as const) : (4 as const),
      }
    : null;
  return {
    weights: flags.weights,
    backend: backendOptionsOf(flags, name),
    model,
    cores: ascending(flags.cores ?? defaultCores()),
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
function backendOptionsOf(flags: TuneFlags, name: NonNullable<TuneFlags['backend']>): BackendOptions {
  const { size, backend, batch: _, card, activations, ...shared } = flags;
  if (isMlu(name)) return resolveBackendOptions({ backends: ['cpu-float'], ...(size && { size }) }, {});
  // What orders and pixels are seeded with is no choice of images.
  const { seed, ...typed } = { ...shared, ...(size && { size }), backends: [name] };
  return resolveBackendOptions(typed, typed);
}

const OF_SCALES = [
  ...(['calibration', 'calibrationImages', 'headroom', 'percentile', 'perChannel'] as const),
  ...(['quantized', 'execution', 'rounding', 'legacy'] as const),
];
const OF_CARDS = ['card', 'activations'] as const;

/** What has no effect on a backend: scales on a float one, how to measure on a modelled one, a card on one of this CPU. */
function idleOptions(name: NonNullable<TuneFlags['backend']>): readonly (keyof TuneFlags)[] {
  if (isMlu(name)) return [...OF_SCALES, 'engine', 'maxSeconds'];
  if (name === 'cpu-float') return [...OF_CARDS, ...OF_SCALES, 'bits'];
  return name === 'int8' ? [...OF_CARDS, 'bits'] : OF_CARDS;
}

/** An option that changes nothing was given for an effect that the user would look for in vain. */
function refuseIdle(flags: TuneFlags, name: NonNullable<TuneFlags['backend']>): void {
  const idle = idleOptions(name).find((key) => flags[key] !== undefined);
  if (idle !== undefined) {
    const option = `--${idle.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(
      `${option} has no effect on the backend ${name}: leave it out, or give another --backend`,
    );
  }
  if (flags.legacy && flags.calibration === undefined) {
    throw new UsageError(
      '--legacy has no effect without --calibration, whose images it preprocesses: leave it out',
    );
  }
}

/** Powers of two up to the threads of this machine, and all of them. */
function defaultCores(): number[] {
  const all = availableParallelism();
  const cores = [all];
  for (let threads = 1; threads < all; threads *= 2) cores.push(threads);
  return cores;
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
