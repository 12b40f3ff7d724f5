import { dump, type NpyArray, parse } from 'npyjs';
import { elementCount, float32Tensor, type Layout, type Tensor } from '../../reference/tensor.ts';
import { BackendError } from '../errors.ts';

/** `.npy` bytes of a tensor: `|u1` where all values are whole numbers of 0–255, a quarter of the way, else `<f4`. */
export function npyFromTensor({ data, shape }: Tensor): Uint8Array {
  return new Uint8Array(dump(isBytes(data) ? Uint8Array.from(data) : data, [...shape]));
}

/** −0 is none: as a byte it would come back as 0. */
function isBytes(data: Float32Array): boolean {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!(value >= 0 && value <= 255) || (value | 0) !== value || Object.is(value, -0)) return false;
  }
  return true;
}

/**
 * A float32 tensor of its own from `.npy` bytes of float32 in C order. NaN and infinity come through.
 * @throws BackendError for anything else.
 */
export function tensorFromNpy(bytes: Uint8Array, layout?: Layout): Tensor {
  let array: NpyArray<ArrayBufferView>;
  try {
    array = parse(new Uint8Array(bytes).buffer);
  } catch (error) {
    throw new BackendError('cannot use an output of the agent: it is no .npy file', { cause: error });
  }
  const { data, shape, fortranOrder, dtype } = array;
  if (fortranOrder || dtype !== 'f4' || !(data instanceof Float32Array)) {
    throw new BackendError(
      `cannot use an output of the agent: it is ${dtype} in ${fortranOrder ? 'Fortran' : 'C'} order instead of float32 in C order`,
    );
  }
  if (data.length !== elementCount(shape)) {
    throw new BackendError(
      `cannot use an output of the agent: ${data.length} values for the shape [${shape.join(', ')}]`,
    );
  }
  return float32Tensor(data, shape, layout);
}
