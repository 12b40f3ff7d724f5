import type { AnyTensor, NamedTensors } from '../../reference/tensor.ts';
import { elementCount } from '../../reference/tensor.ts';
import type { StorageReference, TensorReference } from './pickle/values.ts';
import { quote } from './shorten.ts';
import { BYTES_PER_ELEMENT, type StorageDType } from './storage-type.ts';
import { UnusableFile } from './unusable-file.ts';
import { widenBfloat16, widenFloat16 } from './widen.ts';

/** Memory a file may ask for beyond what it has bytes: shared, expanded and compressed data, float16 widened. */
const SPARE_BYTES = 64 << 20;
const SPARE_FACTOR = 20;

/** Reads the raw elements of a storage, 8-byte aligned and in memory of their own. */
export type StorageReader = (key: string, bytes: number) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Brings the tensors into memory: each storage is read once, tensors that lie in it contiguously share its memory,
 * others are copied together. float16 and bfloat16 become float32, which is exact; all else keeps its type.
 *
 * @param fileSize in bytes: memory is limited in proportion to it.
 */
export async function readTensors(
  references: ReadonlyMap<string, TensorReference>,
  fileSize: number,
  read: StorageReader,
): Promise<NamedTensors> {
  let budget = SPARE_BYTES + SPARE_FACTOR * fileSize;
  const take = (bytes: number): void => {
    budget -= bytes;
    if (budget < 0) {
      throw new UnusableFile(
        `its tensors ask for over ${Math.floor((SPARE_BYTES + SPARE_FACTOR * fileSize) / 2 ** 20)} MiB of memory, ` +
          `far more than its ${fileSize} bytes can mean`,
      );
    }
  };
  const storages = new Map<string, { reference: StorageReference; elements: Elements }>();

  async function storageOf(reference: StorageReference): Promise<Elements> {
    const known = storages.get(reference.key);
    if (known) {
      const { dtype, storedElements } = known.reference;
      if (dtype !== reference.dtype || storedElements !== reference.storedElements) {
        throw new UnusableFile(`its storage ${quote(reference.key)} is described in two ways`);
      }
      return known.elements;
    }
    const bytes = reference.storedElements * BYTES_PER_ELEMENT[reference.dtype];
    take(bytes);
    const elements = view(reference.dtype, await read(reference.key, bytes));
    if (elements.dtype !== reference.dtype) take(elements.data.byteLength);
    storages.set(reference.key, { reference, elements });
    return elements;
  }

  const tensors = new Map<string, AnyTensor>();
  for (const [name, reference] of references) {
    const elements = await storageOf(reference.storage);
    const start = reference.storage.start + reference.offset;
    const count = elementCount(reference.shape);
    const shape = reference.shape;
    if (isContiguous(reference)) {
      tensors.set(name, tensor(elements.dtype, shape, elements.data.subarray(start, start + count)));
    } else {
      take(count * elements.data.BYTES_PER_ELEMENT);
      tensors.set(name, tensor(elements.dtype, shape, gather(elements.data, start, reference)));
    }
  }
  return tensors;
}

type Elements = Pick<AnyTensor, 'dtype' | 'data'>;

/** `dtype` and `data` come as a pair from `view`, which the type system cannot follow through `subarray`. */
function tensor(dtype: AnyTensor['dtype'], shape: readonly number[], data: AnyTensor['data']): AnyTensor {
  return { dtype, shape, data } as AnyTensor;
}

function view(dtype: StorageDType, bytes: Uint8Array<ArrayBuffer>): Elements {
  const { buffer } = bytes;
  switch (dtype) {
    case 'float32':
      return { dtype, data: new Float32Array(buffer) };
    case 'float64':
      return { dtype, data: new Float64Array(buffer) };
    case 'float16':
      return { dtype: 'float32', data: widenFloat16(new Uint16Array(buffer)) };
    case 'bfloat16':
      return { dtype: 'float32', data: widenBfloat16(new Uint16Array(buffer)) };
    case 'int64':
      return { dtype, data: new BigInt64Array(buffer) };
    case 'int32':
      return { dtype, data: new Int32Array(buffer) };
    case 'int16':
      return { dtype, data: new Int16Array(buffer) };
    case 'int8':
      return { dtype, data: new Int8Array(buffer) };
    case 'uint8':
      return { dtype, data: bytes };
  }
}

/** Row-major without gaps; the stride of an axis of one element does not matter. */
function isContiguous({ shape, strides }: TensorReference): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 0) return true;
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

function gather(source: AnyTensor['data'], start: number, reference: TensorReference): AnyTensor['data'] {
  const { shape, strides } = reference;
  const count = elementCount(shape);
  const target = new (source.constructor as new (length: number) => typeof source)(count);
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let from = start;
  for (let to = 0; to < count; to++) {
    target[to] = source[from];
    for (let axis = rank - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return target;
}
