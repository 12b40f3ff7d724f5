import { readFile, stat } from 'node:fs/promises';
import { parseTwins, type TwinsFile } from '../../reference/offline/index.ts';
import { BadDataError } from '../errors.ts';

/** The largest known has 1.3 kB. */
const LARGEST_TWINS = 1 << 20;

/** Where the twins of an offline model lie. */
export function twinsPathOf(modelPath: string): string {
  return `${modelPath}_twins`;
}

/**
 * The twins beside an offline model; null where there are none.
 * @throws BadDataError when they cannot be read.
 */
export async function readTwinsBeside(modelPath: string): Promise<TwinsFile | null> {
  const path = twinsPathOf(modelPath);
  const hasTwins = await stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
  return hasTwins ? readTwins(path) : null;
}

/** @throws BadDataError when it is no twins file, or a damaged one. */
export async function readTwins(path: string): Promise<TwinsFile> {
  const { size } = await stat(path);
  if (size > LARGEST_TWINS) {
    throw new BadDataError(
      `cannot read ${path}: it has ${size} bytes; give the text that was written with the model`,
    );
  }
  try {
    return parseTwins(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(
      `cannot read ${path} as a twins file: ${error.message}; take the one that was written with the model`,
      { cause: error },
    );
  }
}
