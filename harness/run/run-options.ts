import { availableParallelism } from 'node:os';
import { flagOf } from '../config/flag-of.ts';
import { OF_LATENCY } from '../config/merge-config.ts';
import { type CardUses, refuseIdle } from '../config/refuse-idle.ts';
import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';
import { type CpuCores, cpuCoresOf } from '../latency/cpu-cores.ts';
import { type BackendOptions, DEFAULT_BACKENDS, resolveBackendOptions } from './backend-options.ts';
import { isMluSpec } from './backend-spec.ts';
import { type DataOptions, refuseIdleData, resolveDataOptions } from './data-options.ts';
import { resolveDevices } from './resolve-devices.ts';
import { resolveShard, type Shard } from './shard.ts';

export interface LatencyOptions extends CpuCores {
  readonly batches: readonly number[];
  readonly samples: number;
  readonly seconds: number;
}

/** Every option of a run, resolved: no defaults are left to choose but the size, which depends on the weights. */
export interface RunOptions extends BackendOptions, DataOptions {
  readonly weights: string;
  readonly thresholds: { readonly conf: number; readonly nms: number };
  readonly demoThresholds: { readonly conf: number; readonly nms: number };
  readonly latency: LatencyOptions | null;
  /** A file of `tune --out` to show on the page. */
  readonly tuning: string | null;
  readonly noiseFloorImages: number;
  readonly saveRaw: boolean;
  /** Null for all selected images. */
  readonly shard: Shard | null;
  readonly out: string;
}

/**
 * Fills in the defaults and refuses combinations that have no meaning.
 * @param typed what must have an effect. A configuration file may hold more than one run of it uses, as a calibration where
 *   the command line asks for `--backends cpu-float`.
 * @throws UsageError naming the option and what to give instead.
 */
export function resolveRunOptions(config: RunConfig, now: Date, typed: RunConfig = config): RunOptions {
  if (config.weights === undefined || (config.dataset === undefined && config.annotations === undefined)) {
    throw new UsageError(
      `--${config.weights === undefined ? 'weights' : 'dataset'} is missing: give --weights FILE (a YOLOX .pth, .pt or .onnx) and --dataset DIR (a COCO folder) together, ` +
        'or neither for the sample that comes with mlu-parity; see mlu-parity run --help',
    );
  }
  const dataOptions = resolveDataOptions(config);
  const names = config.backends ?? DEFAULT_BACKENDS;
  const placed = resolveDevices('run', config, names);
  refuseIdle('run', typed, names, placed.uses);
  const backendOptions = resolveBackendOptions(config, typed, placed);
  const shard = resolveShard(config, process.env);
  // Shards on one machine would take each other's time.
  const timed = config.latency ?? shard === null;
  refuseIdleBeside(timed, config, typed, placed.uses);
  return {
    weights: config.weights,
    ...dataOptions,
    ...backendOptions,
    thresholds: { conf: config.conf ?? 0.001, nms: config.nms ?? 0.65 },
    demoThresholds: { conf: config.demoConf ?? 0.25, nms: config.demoNms ?? 0.45 },
    latency: timed ? latencyOf(config, backendOptions) : null,
    tuning: config.tuning ?? null,
    noiseFloorImages: config.noiseFloorImages ?? 50,
    saveRaw: config.saveRaw ?? false,
    shard,
    out: config.out ?? defaultOut(now),
  };
}

/** The run folder of a run that names none. */
export function defaultOut(now: Date): string {
  return `runs/${now.toISOString().replace(/[:.]/g, '-')}`;
}

function latencyOf(config: RunConfig, { backends }: BackendOptions): LatencyOptions {
  const cards = backends.filter(isMluSpec);
  return {
    ...cpuCoresOf(config.cores, {
      besideCard: cards.length > 0 && cards.length < backends.length,
      all: availableParallelism(),
    }),
    batches: [...new Set(config.batch ?? [1])],
    samples: config.latencySamples ?? 130,
    seconds: config.latencySeconds ?? 20,
  };
}

/** What was typed beside an option that keeps it from having an effect. */
function refuseIdleBeside(timed: boolean, config: RunConfig, typed: RunConfig, uses: CardUses): void {
  // Of a card they are its version and the core number that is scored, too.
  const ofCards: readonly string[] = Object.values(uses).includes('measured') ? ['card', 'cores'] : [];
  const untimed =
    !timed && OF_LATENCY.find((option) => typed[option] !== undefined && !ofCards.includes(option));
  if (untimed) {
    const flag = flagOf(untimed, typed[untimed]);
    throw new UsageError(
      config.latency === false
        ? `${flag} has no effect with --no-latency: leave out one of the two`
        : `${flag} has no effect: a shard is not timed, since shards on one machine take each other's time; leave it out, or add --latency`,
    );
  }
  refuseIdleData(config, typed);
}
