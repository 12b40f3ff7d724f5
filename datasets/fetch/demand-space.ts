import { DatasetError } from '../dataset-error.ts';
import type { FetchTools } from './fetch-tools.ts';
import { formatBytes } from './format-bytes.ts';

/** @throws DatasetError when the disk of `folder`, which exists, cannot take so many bytes */
export async function demandSpace(
  folder: string,
  bytes: number,
  what: string,
  { freeBytes }: Pick<FetchTools, 'freeBytes'>,
): Promise<void> {
  const free = await freeBytes(folder);
  if (bytes <= free) return;
  throw new DatasetError(
    `cannot fetch ${what} into ${folder}: it needs ${formatBytes(bytes)} and the disk has ${formatBytes(free)} free; ` +
      'make room, or give a folder on another disk',
  );
}
