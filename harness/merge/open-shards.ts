import { isDeepStrictEqual } from 'node:util';
import type { RunRecord } from '../../reports/index.ts';
import { BadDataError } from '../errors.ts';
import { differenceOf } from '../run/run-entry.ts';
import type { RunOptions } from '../run/run-options.ts';
import type { Shard } from '../run/shard.ts';
import { StoredRun } from '../run/stored-run.ts';
import { readRecord } from '../store/read-record.ts';

/** A finished shard. */
export interface OpenShard {
  readonly path: string;
  readonly shard: Shard;
  readonly record: RunRecord;
  readonly stored: StoredRun;
}

/**
 * Opens run folders that are all the shards of one run.
 * @returns them by their index.
 * @throws BadDataError for the first that is no shard, not finished, there twice, missing, or of another run than the first.
 */
export async function openShards(paths: readonly string[]): Promise<OpenShard[]> {
  const shards: OpenShard[] = [];
  try {
    for (const path of paths) shards.push(await openShard(path));
    const [first] = shards;
    for (const other of shards.slice(1)) refuseMixed(first!, other);
    refuseGapsAndOverlaps(shards);
  } catch (error) {
    for (const { stored } of shards) await stored.close();
    throw error;
  }
  return shards.sort((a, b) => a.shard.index - b.shard.index);
}

async function openShard(path: string): Promise<OpenShard> {
  const record = await readRecord(path);
  if (record.shard === null) {
    throw new BadDataError(
      `cannot merge ${path}: it is a whole run, and no shard; give folders of run --shard`,
    );
  }
  if (record.status !== 'complete') {
    throw new BadDataError(
      `cannot merge ${path}: it is not finished (${record.stoppedBy}); go on with mlu-parity run --resume ${path}`,
    );
  }
  return { path, shard: record.shard, record, stored: await StoredRun.open(path, 'merge') };
}

function refuseMixed(first: OpenShard, other: OpenShard): void {
  const refuse = (difference: string): never => {
    throw new BadDataError(
      `cannot merge ${first.path} with ${other.path}: ${difference}; give shards of one run`,
    );
  };
  const counts = [first.shard.count, other.shard.count];
  if (counts[0] !== counts[1]) refuse(`one is of ${counts[0]} shards and the other of ${counts[1]}`);
  const [ours, theirs] = [first, other].map(({ stored }) => comparable(stored.header.options));
  for (const option of Object.keys(ours!)) {
    const [was, is] = [ours![option], theirs![option]];
    if (!isDeepStrictEqual(was, is))
      refuse(`their options differ in ${option}, ${JSON.stringify(was)} and ${JSON.stringify(is)}`);
  }
  const difference = differenceOf(first.stored.header, other.stored.header);
  if (difference !== null) refuse(`they differ in ${difference}`);
  const [mine, yours] = [first, other].map(({ stored }) => stored.backends);
  if (mine!.length !== yours!.length) refuse(`they ran ${mine!.length} and ${yours!.length} backends`);
  mine!.forEach((backend, index) => {
    if (isDeepStrictEqual(backend, yours![index])) return;
    const [was, is] = [backend, yours![index]!].map(({ description }) => description);
    const key = (Object.keys(was!) as (keyof typeof was)[]).find(
      (one) => !isDeepStrictEqual(was![one], is![one]),
    );
    refuse(
      key === undefined
        ? `${was!.name} has other layers in one than in the other`
        : `the ${key} of ${was!.name} is ${JSON.stringify(was![key])} in one and ${JSON.stringify(is![key])} in the other`,
    );
  });
}

/**
 * Options that the merged figures and their verdict depend on. Where files lie may differ between machines: what is in them is held
 * against each other by hash.
 */
function comparable(options: RunOptions): Record<string, unknown> {
  const { quantization, devices, noiseFloorImages, thresholds, demoThresholds, budgets, replicates } =
    options;
  const { checkpoints: _, calibration: __, ...scales } = quantization;
  return {
    ...{ backends: options.backends, engine: options.engine, legacy: options.legacy, scales },
    ...{ numerics: options.numerics, card: options.card, noiseFloorImages, thresholds, demoThresholds },
    devices: Object.entries(devices).map(([name, { kind }]) => `${name}: ${kind}`),
    ...{ budgets, replicates, seed: options.selection.seed },
  };
}

function refuseGapsAndOverlaps(shards: readonly OpenShard[]): void {
  const byIndex = new Map<number, OpenShard>();
  for (const one of shards) {
    const known = byIndex.get(one.shard.index);
    if (known) {
      throw new BadDataError(
        `cannot merge ${known.path} with ${one.path}: both are shard ${one.shard.index} of ${one.shard.count}; give each once`,
      );
    }
    byIndex.set(one.shard.index, one);
  }
  const { count } = shards[0]!.shard;
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !byIndex.has(index));
  if (missing.length === 0) return;
  throw new BadDataError(
    `cannot merge ${shards.length} of ${count} shards: ${missing.map((index) => `${index}/${count}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing; give all of them`,
  );
}
