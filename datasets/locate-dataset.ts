import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DatasetError, fileTrouble } from './dataset-error.ts';

/** Where the parts of a data set lie. */
export interface DatasetLocation {
  /** Short name for reports: folder and split. */
  readonly name: string;
  readonly annotationsPath: string;
  readonly imageDir: string;
  /** `val2017` of `instances_val2017.json`. */
  readonly split: string;
}

export type DatasetSource =
  /** A folder in the official or the flat layout. */
  | { readonly dir: string; readonly split?: string }
  | { readonly annotationsPath: string; readonly imageDir: string };

/** Taken when a folder holds several splits and none is asked for. */
const PREFERRED_SPLIT = 'val2017';

/**
 * Finds annotation file and picture folder, in this order:
 * 1. official layout: `annotations/instances_<split>.json` with `<split>/` beside `annotations/` (or `images/<split>/`);
 * 2. flat layout: `instances*.json` with `images/` beside it.
 *
 * @throws DatasetError when nothing or no single split is found, naming what is there, or when a part is missing
 */
export async function locateDataset(source: DatasetSource): Promise<DatasetLocation> {
  if ('annotationsPath' in source) {
    const { annotationsPath, imageDir } = source;
    await demand(annotationsPath, 'file', 'annotation file');
    await demand(imageDir, 'folder', 'picture folder');
    const split = splitOf(basename(annotationsPath));
    return { name: basename(annotationsPath).replace(/\.json$/i, ''), annotationsPath, imageDir, split };
  }
  const { dir, split: wanted } = source;
  await demand(dir, 'folder', 'data set folder');
  const found = [...(await annotationFiles(join(dir, 'annotations'))), ...(await annotationFiles(dir))];
  if (found.length === 0) {
    throw new DatasetError(
      `cannot find a data set in ${dir}: there is neither annotations/instances_<split>.json nor instances*.json; ` +
        'give the data set folder itself, or the annotation file and the picture folder',
    );
  }
  const annotationsPath = chooseSplit(found, dir, wanted);
  const split = splitOf(basename(annotationsPath));
  const ofSplit = split === '' ? [] : [join(dir, split), join(dir, 'images', split)];
  for (const imageDir of [...ofSplit, join(dir, 'images')]) {
    if ((await kindOf(imageDir)) !== 'folder') continue;
    return { name: `${basename(resolve(dir))} ${split}`.trim(), annotationsPath, imageDir, split };
  }
  throw new DatasetError(
    `cannot find the pictures of ${annotationsPath}: there is neither ${join(dir, split || 'images')} nor ` +
      `${join(dir, 'images')}; unpack them there, or give the picture folder`,
  );
}

function chooseSplit(paths: readonly string[], dir: string, wanted: string | undefined): string {
  const splits = paths.map((path) => splitOf(basename(path)));
  const listed = [...new Set(splits)].map((split) => split || '(none)').join(', ');
  const choose = wanted ?? (paths.length === 1 ? splits[0] : PREFERRED_SPLIT);
  const index = splits.indexOf(choose);
  if (index >= 0) return paths[index];
  if (wanted !== undefined) {
    throw new DatasetError(`cannot find the split ${wanted} in ${dir}: it has ${listed}; choose one of them`);
  }
  throw new DatasetError(`cannot choose a split in ${dir}: it has ${listed}; say which one is meant`);
}

/** `val2017` of `instances_val2017.json`, the empty text of `instances.json`. */
const splitOf = (file: string): string => file.replace(/\.json$/i, '').replace(/^instances[_-]?/, '');

async function annotationFiles(dir: string): Promise<string[]> {
  if ((await kindOf(dir)) !== 'folder') return [];
  const names = (await readdir(dir)).filter((name) => /^instances.*\.json$/i.test(name));
  return names.sort().map((name) => join(dir, name));
}

async function demand(path: string, kind: 'file' | 'folder', what: string): Promise<void> {
  let found: string | undefined;
  try {
    found = await kindOf(path);
  } catch (error) {
    throw new DatasetError(`cannot open the ${what} ${path}: ${fileTrouble(error)}`, { cause: error });
  }
  if (found === kind) return;
  const reason = found === undefined ? 'there is nothing at this path' : `it is a ${found} and not a ${kind}`;
  throw new DatasetError(`cannot open the ${what} ${path}: ${reason}; check the path`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
