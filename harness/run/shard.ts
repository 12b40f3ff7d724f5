import type { RunConfig } from '../config/run-config.ts';
import { UsageError } from '../errors.ts';

/** One part of a run: of all selected images those at the places `index − 1`, `index − 1 + count`, … */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/**
 * The place, from 0, in the list of all selected images of the `nth` image, from 0, of a shard. Strided, so that shards are of
 * equal length and mix, and each has its part of the first images, which more is found out about.
 */
export function placeOf(nth: number, shard: Shard | null): number {
  return shard === null ? nth : shard.index - 1 + nth * shard.count;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The shard that `--shard i/n` names, or that the job's environment gives to `--shard auto` and `--shards n`.
 * @returns null where neither option is given: an array job need not be of shards.
 * @throws UsageError for a shard that there is not.
 */
export function resolveShard(
  { shard, shards }: Pick<RunConfig, 'shard' | 'shards'>,
  environment: Environment,
): Shard | null {
  if (shard === undefined && shards === undefined) return null;
  if (shard !== undefined && shard !== 'auto') {
    if (shards !== undefined) {
      throw new UsageError(`--shard ${shard} names the number of shards too: leave out --shards ${shards}`);
    }
    const [index, count] = shard.split('/').map(Number) as [number, number];
    return checked({ index, count }, `--shard ${shard}`);
  }
  const flag = shards === undefined ? '--shard auto' : `--shards ${shards}`;
  const found = ofKubernetes(environment, shards) ?? ofSlurm(environment, shards);
  if (found) return checked(found, flag);
  throw new UsageError(
    `${flag} finds no shard in the environment: JOB_COMPLETION_INDEX${shards === undefined ? ' and JOB_COMPLETIONS' : ''} (a Kubernetes Indexed Job) or SLURM_ARRAY_TASK_ID (a Slurm array) must be set; or give --shard i/n`,
  );
}

/** The configuration with its shard named, which another machine or time would resolve otherwise. */
export function withNamedShard(config: RunConfig, environment: Environment): RunConfig {
  const shard = resolveShard(config, environment);
  if (shard === null) return config;
  const { shards: _, ...others } = config;
  return { ...others, shard: `${shard.index}/${shard.count}` };
}

function checked(shard: Shard, flag: string): Shard {
  const { index, count } = shard;
  if (index >= 1 && index <= count) return shard;
  throw new UsageError(
    `${flag} is shard ${index} of ${count}: give one from 1/${count} to ${count}/${count}`,
  );
}

/** Completion indices begin at 0. How many completions there are Kubernetes does not say by itself. */
function ofKubernetes(environment: Environment, shards: number | undefined): Shard | null {
  const index = wholeOf('JOB_COMPLETION_INDEX', environment);
  const count = shards ?? wholeOf('JOB_COMPLETIONS', environment);
  if (index === null) return null;
  if (count === null) {
    throw new UsageError(
      'JOB_COMPLETION_INDEX is set, and JOB_COMPLETIONS is not: set it to the completions of the job, or give --shards n',
    );
  }
  return { index: index + 1, count };
}

/** An array may begin anywhere and have steps, as `--array=10-30:10`. */
function ofSlurm(environment: Environment, shards: number | undefined): Shard | null {
  const id = wholeOf('SLURM_ARRAY_TASK_ID', environment);
  if (id === null) return null;
  const count = wholeOf('SLURM_ARRAY_TASK_COUNT', environment) ?? shards ?? null;
  const first = wholeOf('SLURM_ARRAY_TASK_MIN', environment);
  const step = wholeOf('SLURM_ARRAY_TASK_STEP', environment) ?? 1;
  if (count === null || first === null) {
    throw new UsageError(
      'SLURM_ARRAY_TASK_ID is set, and SLURM_ARRAY_TASK_COUNT or SLURM_ARRAY_TASK_MIN is not: give --shard i/n',
    );
  }
  if (shards !== undefined && shards !== count) {
    throw new UsageError(`--shards ${shards} in an array of ${count} tasks: give --array=1-${shards}`);
  }
  const nth = (id - first) / step;
  const last = wholeOf('SLURM_ARRAY_TASK_MAX', environment);
  if (!Number.isInteger(nth) || (last !== null && last !== first + step * (count - 1))) {
    throw new UsageError(
      `the array task ${id} cannot be numbered among ${count} tasks from ${first} in steps of ${step}: give an array without gaps, as --array=1-${count}`,
    );
  }
  return { index: nth + 1, count };
}

function wholeOf(name: string, environment: Environment): number | null {
  const text = environment[name];
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${name} is ${JSON.stringify(text)}: it must be a whole number; give --shard i/n`);
}
