import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dump } from 'npyjs';
import { makeFolder } from '../../datasets/make-folder.ts';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import type { Tensor } from '../../reference/tensor.ts';
import type { RunRecord } from '../../reports/record/index.ts';
import { UsageError } from '../errors.ts';
import { type ArrayPlace, JsonArrayWriter } from './json-array-writer.ts';
import { LOCK } from './lock-run-folder.ts';
import { JOURNAL } from './run-journal.ts';
import { unwritable } from './write-fully.ts';

/** The folder of one run. Everything in it is readable by other tools: JSON, COCO results, `.npy`, HTML. */
export interface RunFolder {
  readonly path: string;
  /** An array that is written image by image; name relative to the folder. `at` = where it was left, if it was. */
  openArray(file: string, at?: ArrayPlace): Promise<JsonArrayWriter<unknown>>;
  saveRaw(backend: string, imageId: number, output: Tensor): Promise<void>;
  /** A picture of the gallery; returns its name relative to the folder. */
  savePicture(imageId: number, jpeg: Uint8Array): Promise<string>;
  saveRecord(record: RunRecord): Promise<void>;
}

/**
 * Makes a run folder; an empty one that exists already is taken as it is.
 * @throws UsageError when something is there already, or the place cannot be written to.
 */
export async function createRunFolder(path: string): Promise<RunFolder> {
  await makeEmptyFolder(path);
  return openRunFolder(path);
}

/** COCO results of one backend, relative to the folder of the run. */
export function detectionsFile(backend: string): string {
  return `detections/${backend}.json`;
}

/** A run folder that is there. */
export function openRunFolder(path: string): RunFolder {
  const rawFolders = new Set<string>();
  return {
    path,
    async openArray(file, at) {
      await makeFolder(dirname(join(path, file)));
      return JsonArrayWriter.reopen(join(path, file), at);
    },
    async saveRaw(backend, imageId, output) {
      const folder = join(path, 'raw', backend);
      if (!rawFolders.has(folder)) await makeFolder(folder);
      rawFolders.add(folder);
      const npy = dump(output.data, [...output.shape]);
      await writeFileAtomically(join(folder, `${imageId}.npy`), new Uint8Array(npy));
    },
    async savePicture(imageId, jpeg) {
      await makeFolder(join(path, 'gallery'));
      const file = `gallery/${imageId}.jpg`;
      await writeFileAtomically(join(path, file), jpeg);
      return file;
    },
    async saveRecord(record) {
      const file = join(path, 'run.json');
      await writeFileAtomically(file, `${JSON.stringify(record, null, 1)}\n`).catch((error: unknown) => {
        throw unwritable(file, error);
      });
    },
  };
}

/**
 * Makes sure that `path` is a folder with nothing in it, so that results of two jobs never mix.
 * @throws UsageError otherwise.
 */
export async function makeEmptyFolder(path: string, option = '--out '): Promise<void> {
  await refuseUsedFolder(path, option);
  try {
    await makeFolder(path);
  } catch (error) {
    throw new UsageError(
      `cannot make the folder ${path} (${(error as NodeJS.ErrnoException).code}): give ${option}a place that can be written to`,
      { cause: error },
    );
  }
}

/** What a process leaves that is killed before it has begun. */
function isLeftover(entry: string): boolean {
  return entry.startsWith(LOCK) || entry.startsWith(`.${JOURNAL}.`);
}

/**
 * Looks without making anything, so that a long job is refused at its start.
 * @param option what names the folder, with a blank; empty for an argument.
 * @throws UsageError when something is there already.
 */
export async function refuseUsedFolder(path: string, option = '--out '): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing && !existing.isDirectory()) {
    throw new UsageError(
      `cannot write to ${path}: it is a file; give ${option}a folder that does not exist yet`,
    );
  }
  const entries = existing ? await readdir(path) : [];
  if (entries.some((entry) => !isLeftover(entry))) {
    const fix = entries.includes(JOURNAL) ? ', or go on with it: mlu-parity run --resume' : '';
    throw new UsageError(
      `cannot write to ${path}: it is not empty; give ${option}a folder that does not exist yet${fix}`,
    );
  }
}
