import type { CheckpointContents } from './checkpoint-contents.ts';
import type { FileSource } from './file-source.ts';
import { TruncatedPickle } from './pickle/byte-reader.ts';
import { type Unpickled, unpickle } from './pickle/unpickle.ts';
import { PickleDict, type PickleValue, type StorageReference } from './pickle/values.ts';
import { readTensors } from './read-tensors.ts';
import { quote } from './shorten.ts';
import { findStateDict } from './state-dict.ts';
import { storageFromPersistentId } from './storage-from-persistent-id.ts';
import { BYTES_PER_ELEMENT } from './storage-type.ts';
import { UnusableFile } from './unusable-file.ts';

/** First value of every legacy checkpoint (PyTorch torch/serialization.py). */
export const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
export const LEGACY_PROTOCOL = 1001;

const FIRST_HEAD = 1 << 20;
const MAX_HEAD = 64 << 20;

/**
 * Reads what `torch.save` wrote before PyTorch 1.6, and MLU PyTorch 1.3 writes: five pickles one after the other
 * (magic number, protocol, system, object, list of storage keys), then for each key an int64 element count and the
 * elements, little-endian.
 */
export async function readLegacyCheckpoint(source: FileSource): Promise<CheckpointContents> {
  const head = readHead(source);
  const { tensors, metadata } = findStateDict(head.object);
  const positions = locateStorages(source, head);
  const named = await readTensors(tensors, source.size, async (key, bytes) => {
    const position = positions.get(key);
    if (position === undefined) throw new UnusableFile(`its list of storages lacks ${quote(key)}`);
    return source.read(position, bytes);
  });
  return { tensors: named, metadata };
}

/** Whether a file that starts with these bytes is a legacy checkpoint, whole or not. */
export function isLegacyCheckpoint(head: Uint8Array): boolean {
  try {
    return unpickle(head).value === LEGACY_MAGIC;
  } catch (error) {
    if (error instanceof UnusableFile) return false;
    throw error;
  }
}

interface Head {
  readonly object: PickleValue;
  readonly storages: ReadonlyMap<string, StorageReference>;
  readonly keys: readonly string[];
  readonly length: number;
}

/** The pickles' length is known only once they are read: more of the file is taken until they are complete. */
function readHead(source: FileSource): Head {
  for (let length = Math.min(FIRST_HEAD, source.size); ; length = Math.min(length * 4, source.size)) {
    try {
      return parseHead(source.read(0, length));
    } catch (error) {
      if (!(error instanceof TruncatedPickle) || length === source.size) throw error;
      if (length * 4 > MAX_HEAD) throw new UnusableFile(`its pickles have over ${length} bytes`);
    }
  }
}

function parseHead(bytes: Uint8Array): Head {
  let position = 0;
  const next = (persistent?: Parameters<typeof unpickle>[1]): PickleValue => {
    const read: Unpickled = unpickle(bytes.subarray(position), persistent);
    position += read.length;
    return read.value;
  };
  if (next() !== LEGACY_MAGIC)
    throw new UnusableFile('it does not start with the magic number of a checkpoint');
  const protocol = next();
  if (protocol !== LEGACY_PROTOCOL) {
    throw new UnusableFile(
      `its protocol is ${typeof protocol === 'number' ? protocol : 'not a number'} instead of ${LEGACY_PROTOCOL}`,
    );
  }
  const system = next();
  if (!(system instanceof PickleDict) || system.entries.get('little_endian') !== true) {
    throw new UnusableFile('its numbers are not little-endian', 'save it again on a little-endian machine');
  }
  const storages = new Map<string, StorageReference>();
  const object = next((id) => {
    const storage = storageFromPersistentId(id);
    const known = storages.get(storage.key);
    if (known && (known.dtype !== storage.dtype || known.storedElements !== storage.storedElements)) {
      throw new UnusableFile(`its storage ${quote(storage.key)} is described in two ways`);
    }
    if (!known) storages.set(storage.key, storage);
    return storage;
  });
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw new UnusableFile('its list of storages is not a list of names');
  }
  return { object, storages, keys, length: position };
}

/** Where each storage's elements start; every stated count is checked against the pickle and the file. */
function locateStorages(source: FileSource, head: Head): Map<string, number> {
  const positions = new Map<string, number>();
  let position = head.length;
  for (const key of head.keys) {
    const storage = head.storages.get(key);
    if (!storage || positions.has(key)) {
      throw new UnusableFile(
        `its list of storages has ${quote(key)}, which no tensor uses or is there twice`,
      );
    }
    if (position + 8 > source.size) throw new UnusableFile(`it ends before its storage ${quote(key)}`);
    const count = Number(Buffer.from(source.read(position, 8)).readBigInt64LE());
    position += 8;
    if (count !== storage.storedElements) {
      throw new UnusableFile(
        `its storage ${quote(key)} has ${count} elements where its pickle says ${storage.storedElements}`,
      );
    }
    positions.set(key, position);
    position += count * BYTES_PER_ELEMENT[storage.dtype];
    if (position > source.size) throw new UnusableFile(`it ends in the middle of its storage ${quote(key)}`);
  }
  return positions;
}
