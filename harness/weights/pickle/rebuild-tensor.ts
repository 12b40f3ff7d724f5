import { UnusableFile } from '../unusable-file.ts';
import {
  describePickleValue,
  PickleTuple,
  type PickleValue,
  StorageReference,
  TensorReference,
} from './values.ts';

const MAX_RANK = 16;

/**
 * `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, …)`: a window on a storage.
 * @throws UnusableFile when the window reaches outside the storage.
 */
export function rebuildTensor(args: readonly PickleValue[]): TensorReference {
  const [storage, offset, size, stride] = args;
  if (!(storage instanceof StorageReference)) {
    throw new UnusableFile(`a tensor lies in ${describePickleValue(storage)} instead of a storage`);
  }
  const shape = extents(size, 'shape');
  const strides = extents(stride, 'strides');
  const start = extent(offset, 'offset');
  if (shape.length !== strides.length) {
    throw new UnusableFile(`a tensor has ${shape.length} dimensions but ${strides.length} strides`);
  }
  let elements = 1;
  let last = start;
  for (let axis = 0; axis < shape.length; axis++) {
    elements *= shape[axis];
    last += Math.max(0, shape[axis] - 1) * strides[axis];
  }
  if (elements > 0 && last >= storage.elements) {
    throw new UnusableFile(
      `a tensor of shape [${shape.join(', ')}] reaches element ${last} of a storage of ${storage.elements}`,
    );
  }
  if (!Number.isSafeInteger(elements)) {
    throw new UnusableFile(`a tensor has the impossible shape [${shape.join(', ')}]`);
  }
  return new TensorReference(storage, start, shape, strides);
}

function extents(value: PickleValue | undefined, what: string): number[] {
  if (!(value instanceof PickleTuple) || value.items.length > MAX_RANK) {
    throw new UnusableFile(`a tensor's ${what} is ${describePickleValue(value)} instead of a short tuple`);
  }
  return value.items.map((item) => extent(item, what));
}

function extent(value: PickleValue | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new UnusableFile(
      `a tensor's ${what} holds ${typeof value === 'number' ? value : describePickleValue(value)}`,
    );
  }
  return value;
}
