import { basename, extname, join } from 'node:path';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { UsageError } from '../errors.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel } from '../model/load-model.ts';
import { picturesIn } from '../model/pictures-in.ts';
import { prepareImages } from '../model/prepare-images.ts';
import type { RunTools } from '../run/run-tools.ts';
import { makeEmptyFolder } from '../store/run-folder.ts';
import { npyFromTensor } from './npy-payload.ts';

export interface WriteInputsOptions {
  readonly images: string;
  readonly out: string;
  readonly size?: number | readonly [number, number] | undefined;
  /** Checkpoint that says the size where none is given. */
  readonly weights?: string | undefined;
  /** The first so many, by name; all where absent. */
  readonly count?: number | undefined;
  readonly legacy?: boolean | undefined;
}

export interface WrittenInputs {
  readonly folder: string;
  /** Height and width. */
  readonly size: readonly [number, number];
  readonly files: readonly string[];
}

/**
 * Pictures as the network is to be given them, one `.npy` each, for an agent whose machine has nothing to read pictures with.
 * @throws UsageError without a size, for one that is said twice, or for two pictures of one name; BadDataError and DatasetError for pictures that cannot be read.
 */
export async function writeInputs(
  options: WriteInputsOptions,
  { progress, signal }: Pick<RunTools, 'progress' | 'signal'>,
): Promise<WrittenInputs> {
  const size = await sizeOf(options);
  const asked = { purpose: 'take inputs from', option: '--images' };
  const paths = (await picturesIn(options.images, asked)).slice(0, options.count);
  const files = paths.map((path) => `${basename(path, extname(path))}.npy`);
  const repeated = files.find((file, at) => files.indexOf(file) !== at);
  if (repeated !== undefined) {
    throw new UsageError(
      `two pictures of ${options.images} would be written to ${repeated}: rename one of them`,
    );
  }
  await makeEmptyFolder(options.out);
  progress.start('inputs', paths.length);
  try {
    let at = 0;
    const sources = paths.map((path) => ({ path }));
    for await (const { pixels } of prepareImages(sources, { size, legacy: options.legacy ?? false })) {
      signal.throwIfAborted();
      await writeFileAtomically(join(options.out, files[at++]!), npyFromTensor(pixels));
      progress.advance();
    }
  } finally {
    progress.stop();
  }
  return { folder: options.out, size: [size.height, size.width], files };
}

async function sizeOf({ size, weights }: WriteInputsOptions) {
  if (size !== undefined) {
    if (weights !== undefined) {
      throw new UsageError(
        `--weights ${weights} has no effect: it says the size, and so does --size; leave out one of the two`,
      );
    }
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    return { height, width };
  }
  if (weights === undefined) {
    throw new UsageError(
      'the size of the inputs is not known: give --size, or --weights FILE whose size they are to have',
    );
  }
  const model = await loadModel(weights);
  return inputSizeOf(undefined, model.variant, model.sha256);
}
