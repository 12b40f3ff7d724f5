import { writeFile } from 'node:fs/promises';
import { dump } from 'npyjs';
import type { Tensor } from '../../reference/tensor.ts';

/** A tensor as a float32 `.npy` file, which the agent takes for an input. */
export async function writeInput(path: string, { data, shape }: Tensor): Promise<void> {
  await writeFile(path, new Uint8Array(dump(data, [...shape])));
}
