import { readFile } from 'node:fs/promises';
import { parse } from 'npyjs';
import { elementCount, float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { BadDataError } from '../errors.ts';

/**
 * Reads a `.npy` file of float16, float32 or float64 as a float32 tensor.
 * @throws BadDataError when the file cannot be read, and as `parseNpy`.
 */
export async function readNpy(path: string): Promise<Tensor> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(`cannot read ${path} (${error.code}): give an existing .npy file`, {
      cause: error,
    });
  });
  return parseNpy(bytes, path);
}

/**
 * The same of the content of a file.
 * @throws BadDataError naming `path` when it is damaged, in Fortran order, or holds another type.
 */
export function parseNpy(bytes: Buffer, path: string): Tensor {
  let array: ReturnType<typeof parse>;
  try {
    array = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  } catch (error) {
    throw new BadDataError(
      `cannot read ${path}: it is not a .npy file, or damaged (${(error as Error).message})`,
      {
        cause: error,
      },
    );
  }
  const { data, shape, fortranOrder, dtype } = array;
  if (fortranOrder) throw new BadDataError(`cannot use ${path}: it is in Fortran order; save it in C order`);
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new BadDataError(`cannot use ${path}: it holds ${dtype}; save it as float32`);
  }
  if (data.length !== elementCount(shape)) {
    throw new BadDataError(
      `cannot use ${path}: ${data.length} values for the shape [${shape.join(', ')}]; it is ${data.length < elementCount(shape) ? 'cut off' : 'no file of that shape'}`,
    );
  }
  return float32Tensor(Float32Array.from(data), shape);
}
