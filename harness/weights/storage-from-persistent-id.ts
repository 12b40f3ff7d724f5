import {
  describePickleValue,
  isGlobal,
  PickleTuple,
  type PickleValue,
  StorageReference,
} from './pickle/values.ts';
import { UnusableFile } from './unusable-file.ts';

/**
 * The storage a pickle means by `('storage', type, key, location, elements)`, and in the legacy format by the same
 * with a sixth item: None, or `(view key, offset, elements)` for a view of the block under `key`.
 * The location (`cpu`, `cuda:0`) does not matter here.
 */
export function storageFromPersistentId(id: PickleValue): StorageReference {
  if (!(id instanceof PickleTuple)) throw malformed(describePickleValue(id));
  const [tag, type, key, , elements, view] = id.items;
  if (tag !== 'storage') throw malformed('another kind of object');
  if (!isGlobal(type) || type.storage === undefined) throw malformed(describePickleValue(type));
  if (typeof key !== 'string') throw malformed(`a key that is ${describePickleValue(key)}`);
  if (!isCount(elements)) throw malformed(`a size that is ${describePickleValue(elements)}`);
  if (view === undefined || view === null) return new StorageReference(key, type.storage, elements);
  const [, offset, viewed] = view instanceof PickleTuple ? view.items : [];
  if (!isCount(offset) || !isCount(viewed) || offset + viewed > elements) {
    throw malformed('a view that reaches outside it');
  }
  return new StorageReference(key, type.storage, elements, offset, viewed);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(what: string): UnusableFile {
  return new UnusableFile(`its pickle describes a storage by ${what}`);
}
