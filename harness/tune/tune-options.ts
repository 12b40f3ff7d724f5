import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Objective } from '../../reference/tune/index.ts';
import { checkAgainst } from '../config/load-config.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import {
  type BackendOptions,
  OF_CALIBRATION,
  OF_QUANTIZED,
  refuseExactTfjs,
  resolveBackends,
  resolveQuantization,
} from '../run/run-options.ts';

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
    out: true,
  })
  .extend({
    backend: z.enum(['cpu-float', 'int16', 'int8']).optional(),
    batch: z.array(batch).min(1).optional(),
    objective: z.enum(['p50', 'p99', 'throughput']).optional(),
    p99Limit: z.number().gt(0).optional(),
    /** Percent. */
    margin: z.number().min(0).max(50).optional(),
    maxSeconds: z.number().gt(0).optional(),
  });

export interface TuneOptions {
  readonly weights: string;
  readonly backend: BackendOptions;
  readonly size: number | readonly [number, number] | undefined;
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
  const flags = checkAgainst(tuneFlagsSchema, typed, 'command line');
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
  if (flags.headroom !== undefined && flags.percentile !== undefined) {
    throw new UsageError('--headroom widens the absmax and --percentile replaces it: give one of them');
  }
  const name = flags.backend ?? 'cpu-float';
  refuseIdle(flags, name);
  const backends = resolveBackends({ ...flags, backends: [name] });
  refuseExactTfjs(flags, backends);
  return {
    weights: flags.weights,
    backend: {
      backends,
      engine: flags.engine ?? 'onnxruntime',
      legacy: flags.legacy ?? false,
      quantization: resolveQuantization(flags),
    },
    size: flags.size,
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

/** An option that changes nothing was given for an effect that the user would look for in vain. */
function refuseIdle(flags: z.infer<typeof tuneFlagsSchema>, backend: string): void {
  const given = (options: Record<string, string>): string | undefined =>
    Object.entries(options).find(([key]) => flags[key as keyof typeof flags] !== undefined)?.[1];
  const idle = backend === 'cpu-float' ? given({ ...OF_QUANTIZED, ...OF_CALIBRATION }) : undefined;
  if (idle !== undefined) {
    throw new UsageError(
      `${idle} has no effect on the backend ${backend}, which is not quantised: leave it out, or give --backend int16 or int8`,
    );
  }
  if (flags.bits !== undefined && backend !== 'int16') {
    throw new UsageError(`--bits ${flags.bits} has no effect on the backend ${backend}: leave it out`);
  }
  const fromFile = flags.quantized?.all ?? flags.quantized?.[backend as 'int16' | 'int8'];
  const unread = fromFile === undefined ? undefined : given(OF_CALIBRATION);
  if (unread !== undefined) {
    throw new UsageError(
      `${unread} has no effect: ${backend} takes its scales from --quantized; leave out one of the two`,
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
