import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { DatasetError } from '../dataset-error.ts';
import { makeFolder } from '../make-folder.ts';
import { sceneFileName } from './coco-entries.ts';
import { isIntact } from './is-intact.ts';
import type { ScenesName } from './scenes-name.ts';
import {
  type DrawingJob,
  SCENES_ANNOTATIONS,
  SCENES_VERSION,
  scenePath,
  writeScenes,
} from './write-scenes.ts';

/**
 * A COCO folder (`instances.json` beside `images/`) with these scenes. It is drawn once and kept in the cache folder; before
 * it is used again every file is compared with its checksum, and a folder that is not as it was written is drawn anew.
 *
 * It is drawn under another name and renamed when whole, so that neither an interruption nor a second process that draws the
 * same scenes leaves or meets a part of it.
 *
 * @throws DatasetError naming the cache folder when it cannot be written; the reason of `job.signal` when that is aborted
 */
export async function scenesFolder(
  name: ScenesName,
  job: DrawingJob = {},
  cache: string = cacheFolder(),
): Promise<string> {
  const folder = join(cache, 'scenes', `scenes-${name.count}-seed-${name.seed}-v${SCENES_VERSION}`);
  const paths = [
    SCENES_ANNOTATIONS,
    ...Array.from({ length: name.count }, (_, index) => scenePath(sceneFileName(index))),
  ];
  if (await isIntact(folder, paths)) return folder;
  const part = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.part`);
  try {
    await makeFolder(dirname(part));
    // By itself: of a read-only file system the recursive form says only that something is missing.
    await mkdir(part);
    await writeScenes(part, name, job);
    await moveInto(folder, part, paths);
  } catch (error) {
    const reason = refusal(error);
    if (reason === undefined) throw error;
    throw new DatasetError(
      `cannot keep drawn scenes in the cache folder ${cache}: ${reason}, or name another folder with MLU_PARITY_CACHE`,
      { cause: error },
    );
  } finally {
    await rm(part, { recursive: true, force: true }).catch(() => {});
  }
  return folder;
}

/** Gives the finished folder its name, unless another process has done so meanwhile; a damaged one gives way. */
async function moveInto(folder: string, part: string, paths: readonly string[]): Promise<void> {
  try {
    await rename(part, folder);
  } catch (error) {
    if (!isOccupied(error)) throw error;
    if (await isIntact(folder, paths)) return;
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

const isOccupied = (error: unknown): boolean =>
  ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].includes(String(codeOf(error)));

/** What the system says about a folder that cannot be written, and what to do, in words; undefined for an error of another kind. */
function refusal(error: unknown): string | undefined {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'it may not be written (permission denied); change its permissions';
    case 'EROFS':
      return 'it is on a read-only file system; mount it writable';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; make room there';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of the path is a file and not a folder; move the file away';
    case 'ENOENT':
      return 'it cannot be made, as on a read-only file system; make it yourself';
    default:
      return undefined;
  }
}
