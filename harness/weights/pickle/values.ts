import type { StorageDType } from '../storage-type.ts';

/** What a pickle can hold once it is read: plain data, and tensors that still lie in the file. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleSet
  | PickleGlobal
  | NumpyDType
  | StorageReference
  | TensorReference;

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A `dict` or `OrderedDict`. Attributes set on it (a state dict's `_metadata`) are dropped. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
}

export class PickleSet {
  readonly items = new Set<PickleValue>();
}

/** One of the few names a checkpoint may mention; `call` rebuilds the value, by code of this project alone. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
  readonly storage?: StorageDType;
  readonly call?: (args: readonly PickleValue[]) => PickleValue;
}

export class NumpyDType {
  readonly code: string;
  bigEndian = false;
  constructor(code: string) {
    this.code = code;
  }
}

/** Raw elements under `key`, which lie elsewhere in the file. */
export class StorageReference {
  readonly key: string;
  readonly dtype: StorageDType;
  /** Elements in the stored block. */
  readonly storedElements: number;
  /** First element of this storage in the block and its extent (a legacy file can hold a view of a block). */
  readonly start: number;
  readonly elements: number;

  constructor(
    key: string,
    dtype: StorageDType,
    storedElements: number,
    start = 0,
    elements = storedElements,
  ) {
    this.key = key;
    this.dtype = dtype;
    this.storedElements = storedElements;
    this.start = start;
    this.elements = elements;
  }
}

/** A strided window on a storage; offset and strides in elements. Known to lie inside it. */
export class TensorReference {
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: StorageReference,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

export function isGlobal(value: PickleValue | undefined): value is PickleGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}

/** The value's type in Python's words, for messages. Never prints the value: it can be endless. */
export function describePickleValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (typeof value === 'boolean') return 'a bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  if (typeof value === 'string') return 'a string';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof PickleTuple) return 'a tuple';
  if (value instanceof PickleDict) return 'a dict';
  if (value instanceof PickleSet) return 'a set';
  if (value instanceof TensorReference) return 'a tensor';
  if (value instanceof StorageReference) return 'a storage';
  if (value instanceof NumpyDType) return 'a numpy dtype';
  return `the name ${value.name}`;
}
