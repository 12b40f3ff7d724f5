import { readFileSync } from 'node:fs';
import { parse } from 'npyjs';
import { float32Tensor, type Layout, type Tensor } from '../../reference/tensor.ts';

/** A float32 `.npy` file as a tensor. */
export function readNpy(path: string, layout?: Layout): Tensor {
  const bytes = readFileSync(path);
  const { data, shape, fortranOrder } = parse(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  if (!(data instanceof Float32Array) || fortranOrder)
    throw new TypeError(`${path} is not float32 in C order`);
  return float32Tensor(data, shape, layout);
}
