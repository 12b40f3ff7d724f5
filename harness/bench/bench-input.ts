import { basename } from 'node:path';
import { loadDataset, locateDataset } from '../../datasets/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { BadDataError } from '../errors.ts';
import { inputsOf } from '../model/prepare-images.ts';
import { seededInputs } from '../model/seeded-inputs.ts';
import { datasetFolder } from '../run/dataset-folder.ts';
import type { RunTools } from '../run/run-tools.ts';
import type { BenchOptions } from './bench-options.ts';

export interface BenchInput {
  readonly kind: 'pictures' | 'synthetic' | 'none';
  /** What the images are, to stand behind "on". */
  readonly description: string;
  readonly images: readonly Tensor[];
}

/**
 * The images that are timed: those asked for, or noise. A dense network's time hardly depends on what it looks at; whether
 * outputs agree is better seen on pictures.
 * @param count images at most; none where nothing is measured.
 * @throws DatasetError for pictures that cannot be read.
 */
export async function benchInput(
  { input, engines, seed }: BenchOptions,
  size: PixelSize,
  count: number,
  tools: Pick<RunTools, 'progress' | 'signal'>,
): Promise<BenchInput> {
  if (count === 0) return { kind: 'none', description: 'no image: nothing is measured', images: [] };
  const options = { size, legacy: engines.legacy };
  switch (input.kind) {
    case 'image':
      return {
        kind: 'pictures',
        description: basename(input.file),
        images: await inputsOf([{ path: input.file }], options),
      };
    case 'dataset': {
      const { dir, split } = input;
      const location = await locateDataset({
        dir: await datasetFolder(dir, tools),
        ...(split !== undefined ? { split } : {}),
      });
      const { name, samples } = await loadDataset(location, 'all');
      if (samples.length === 0) throw new BadDataError(`cannot time anything on ${name}: it has no images`);
      const images = await inputsOf(samples.slice(0, count), options);
      return { kind: 'pictures', description: `the first images of ${name}`, images };
    }
    default: {
      const inputOf = seededInputs(size, count, seed);
      return {
        kind: 'synthetic',
        description: 'synthetic noise (give --image or --dataset for pictures)',
        images: Array.from({ length: count }, (_, image) => inputOf(1, image)),
      };
    }
  }
}
