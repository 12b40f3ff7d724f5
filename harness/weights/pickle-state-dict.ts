import { type AnyTensor, elementCount, type NamedTensors } from '../../reference/tensor.ts';
import type { Pickler } from './pickle/pickler.ts';
import { STORAGE_TYPES } from './storage-type.ts';

const STORAGE_NAMES = new Map([...STORAGE_TYPES].map(([name, dtype]) => [dtype as string, name]));
STORAGE_NAMES.set('uint8', 'ByteStorage'); // not BoolStorage, which has the same elements

/**
 * Writes tensors as an `OrderedDict` of `torch._utils._rebuild_tensor_v2`, each in a storage of its own whose key is
 * its index.
 * @param legacy whether a storage's id has the sixth item of the legacy format.
 * @throws RangeError when a tensor has not as many values as its shape says.
 */
export function pickleStateDict(pickler: Pickler, tensors: NamedTensors, legacy: boolean): void {
  pickler.global('collections', 'OrderedDict').op('EMPTY_TUPLE', 'REDUCE', 'MARK');
  let index = 0;
  for (const [name, tensor] of tensors) {
    checkCount(name, tensor);
    pickler.text(name);
    pickler.global('torch._utils', '_rebuild_tensor_v2').op('MARK');

    pickler.op('MARK').text('storage').global('torch', STORAGE_NAMES.get(tensor.dtype)!);
    pickler.text(String(index++)).text('cpu').integer(tensor.data.length);
    if (legacy) pickler.op('NONE');
    pickler.op('TUPLE', 'BINPERSID');

    pickler.integer(0).integers(tensor.shape).integers(contiguousStrides(tensor.shape));
    pickler.op('NEWFALSE').global('collections', 'OrderedDict').op('EMPTY_TUPLE', 'REDUCE');
    pickler.op('TUPLE', 'REDUCE');
  }
  pickler.op('SETITEMS');
}

/** The bytes of a tensor's values, not copied. */
export function bytesOf(tensor: AnyTensor): Uint8Array {
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(1, shape[axis]);
  }
  return strides;
}

function checkCount(name: string, tensor: AnyTensor): void {
  const count = elementCount(tensor.shape);
  if (count !== tensor.data.length) {
    throw new RangeError(
      `cannot save "${name}": it has ${tensor.data.length} values where its shape [${tensor.shape.join(', ')}] needs ${count}`,
    );
  }
}
