import type { Random } from '../../../reference/random.ts';
import { storedEntries, zipOf } from './support.ts';

/** A way to damage a file; `bytes` is not changed. */
export type Mutation = (bytes: Buffer, random: Random) => Buffer | Promise<Buffer>;

const below = (random: Random, limit: number): number => random.integer(limit);
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const extreme = (random: Random): number => EXTREMES[below(random, EXTREMES.length)];

function flipBits(bytes: Buffer, random: Random): Buffer {
  const mutated = Buffer.from(bytes);
  for (let left = 1 + below(random, 8); left > 0; left--)
    mutated[below(random, mutated.length)] ^= 1 << below(random, 8);
  return mutated;
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return Buffer.from(bytes.subarray(0, below(random, bytes.length)));
}

/** Takes a piece out, puts it in twice, or moves it. */
function rearrange(bytes: Buffer, random: Random): Buffer {
  const start = below(random, bytes.length);
  const piece = bytes.subarray(start, start + 1 + below(random, 64));
  const without = Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + piece.length)]);
  const kind = below(random, 3);
  if (kind === 0) return without;
  const at = below(random, bytes.length);
  const target = kind === 1 ? bytes : without;
  return Buffer.concat([target.subarray(0, at), piece, target.subarray(at)]);
}

function writeExtreme(bytes: Buffer, random: Random): Buffer {
  const mutated = Buffer.from(bytes);
  const at = below(random, mutated.length - 8);
  if (below(random, 2) === 0) mutated.writeUInt32LE(extreme(random), at);
  else mutated.writeBigUInt64LE((BigInt(extreme(random)) << 32n) | BigInt(extreme(random)), at);
  return mutated;
}

const OPCODES = Buffer.from(
  '(.012FIJKLMNPQRSTUVXabcd}eghijl]opqrstu)GBC\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98',
  'latin1',
);

/** Instructions put over, between or in place of those of a pickle. */
function mutatePickle(pickle: Buffer, random: Random): Buffer {
  let mutated: Buffer = Buffer.from(pickle);
  for (let left = 1 + below(random, 3); left > 0 && mutated.length > 16; left--) {
    const at = below(random, mutated.length);
    const op = OPCODES[below(random, OPCODES.length)];
    const kind = below(random, 4);
    if (kind === 0) mutated[at] = op;
    else if (kind === 1)
      mutated = Buffer.concat([mutated.subarray(0, at), Buffer.of(op), mutated.subarray(at)]);
    else if (kind === 2) mutated = rearrange(mutated, random);
    else mutated = writeExtreme(mutated, random);
  }
  return mutated;
}

/** A zip whose pickle is damaged, and its checksum right. */
async function mutateZippedPickle(bytes: Buffer, random: Random): Promise<Buffer> {
  const entries: Record<string, Buffer> = storedEntries(bytes);
  const name = Object.keys(entries).find((candidate) => candidate.endsWith('data.pkl'))!;
  entries[name] = mutatePickle(entries[name], random);
  return zipOf(entries, below(random, 2) === 0);
}

/** A field of a local header, a directory entry or the end record set to an extreme. */
function mutateZipHeader(bytes: Buffer, random: Random): Buffer {
  const mutated = Buffer.from(bytes);
  const headers: [number, number][] = [];
  for (const [signature, length] of [
    ['PK\x03\x04', 30],
    ['PK\x01\x02', 46],
    ['PK\x05\x06', 22],
  ] as const) {
    for (
      let at = mutated.indexOf(signature, 0, 'latin1');
      at >= 0;
      at = mutated.indexOf(signature, at + 4, 'latin1')
    ) {
      headers.push([at, length]);
    }
  }
  for (let left = 1 + below(random, 2); left > 0; left--) {
    const [at, length] = headers[below(random, headers.length)];
    const field = at + 4 + below(random, length - 8);
    if (below(random, 2) === 0) mutated.writeUInt16LE(extreme(random) & 0xffff, field);
    else mutated.writeUInt32LE(extreme(random), field);
  }
  return mutated;
}

/** The pickles at the start of a legacy file, its elements kept. */
function mutateLegacyPickle(bytes: Buffer, random: Random): Buffer {
  const head = 15 + below(random, bytes.length - 15);
  return Buffer.concat([
    bytes.subarray(0, 15),
    mutatePickle(bytes.subarray(15, head), random),
    bytes.subarray(head),
  ]);
}

/** A tag or a length of a protobuf message, which the first bytes of a piece often are. */
function mutateProtobuf(bytes: Buffer, random: Random): Buffer {
  const mutated = Buffer.from(bytes);
  const at = below(random, mutated.length - 10);
  const kind = below(random, 3);
  if (kind === 0) mutated[at] = (below(random, 16) << 3) | below(random, 8);
  else if (kind === 1) mutated.fill(0xff, at, at + 1 + below(random, 10));
  else
    return Buffer.concat([
      mutated.subarray(0, at),
      Buffer.of(0x0a, below(random, 128)),
      mutated.subarray(at),
    ]);
  return mutated;
}

const GENERAL: readonly Mutation[] = [flipBits, truncate, rearrange, writeExtreme];

export const MUTATIONS: Readonly<Record<'zip' | 'legacy' | 'onnx', readonly Mutation[]>> = {
  zip: [...GENERAL, mutateZippedPickle, mutateZippedPickle, mutateZipHeader, mutateZipHeader],
  legacy: [...GENERAL, mutateLegacyPickle, mutateLegacyPickle],
  onnx: [...GENERAL, mutateProtobuf, mutateProtobuf],
};
