import { open, readFile, stat } from 'node:fs/promises';
import {
  isOfflineModel,
  type OfflineModel,
  readOfflineModel,
  TWINS_OPENING,
  type TwinsFile,
} from '../../reference/offline/index.ts';
import { BadDataError } from '../errors.ts';
import { type LoadedWeights, loadWeights } from '../weights/index.ts';
import { readTwins, readTwinsBeside, twinsPathOf } from './read-twins.ts';

export interface CheckpointFile {
  readonly kind: 'checkpoint';
  readonly path: string;
  readonly weights: LoadedWeights;
}

export interface ModelFile {
  readonly kind: 'offline-model';
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly model: OfflineModel;
  /** Of the file beside it, where there is one. */
  readonly twins?: TwinsFile;
  readonly twinsPath: string;
}

export interface LoneTwinsFile {
  readonly kind: 'twins';
  readonly path: string;
  readonly twins: TwinsFile;
}

export type LintFile = CheckpointFile | ModelFile | LoneTwinsFile;

const HEAD = 64;
/** What one typed array of this Node holds, and far above any model for these cards. */
const LARGEST_MODEL = 2 ** 31;

/**
 * Reads a file that lint was given, by what it is and not by its name; of an offline model also `<path>_twins`.
 * @throws BadDataError when it is missing, damaged, or none of the three.
 */
export async function readLintFile(path: string): Promise<LintFile> {
  const head = await readHead(path);
  if (head !== null && isOfflineModel(head)) return readModel(path);
  if (head !== null && Buffer.from(head).toString('latin1').startsWith(TWINS_OPENING)) {
    return { kind: 'twins', path, twins: await readTwins(path) };
  }
  // What is no file, or none of these, gets the sentence that every other command has for it.
  return { kind: 'checkpoint', path, weights: await loadWeights(path) };
}

async function readHead(path: string): Promise<Uint8Array | null> {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return null;
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readModel(path: string): Promise<ModelFile> {
  const { size } = await stat(path);
  if (size > LARGEST_MODEL) {
    throw new BadDataError(`cannot read ${path}: it has ${size} bytes; give an offline model of up to 2 GiB`);
  }
  const bytes = await readFile(path);
  const twins = await readTwinsBeside(path);
  return {
    kind: 'offline-model',
    path,
    bytes,
    model: readOfflineModel(bytes),
    twinsPath: twinsPathOf(path),
    ...(twins && { twins }),
  };
}
