import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatChecksums, hashOfList, type ListedFile, readChecksums } from '../checksum-list.ts';
import { makeFolder } from '../make-folder.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { checkFetched } from './check-fetched.ts';
import type { Checked } from './checked.ts';
import { demandSpace } from './demand-space.ts';
import { downloadFile } from './download-file.ts';
import type { FetchTools } from './fetch-tools.ts';
import { formatBytes } from './format-bytes.ts';
import type { FetchEntry, FetchPart } from './manifest.ts';
import { downloadOf, type FetchPlaces } from './plan-downloads.ts';
import { type PlacedFile, unpackArchive } from './unpack-archive.ts';

/** What there is now. */
export interface Fetched {
  readonly name: string;
  /** The file, or the folder of a data set. */
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
  /** Hexadecimal; of a data set that of its list of hashes, see `hashOfList`. */
  readonly sha256: string;
  readonly checked: Checked;
  /** Nothing had to be fetched: everything was there and was checked. */
  readonly alreadyThere: boolean;
}

/**
 * Fetches an entry of the manifest: a file into the folder, or archives, whose files are put there in COCO's layout. The
 * hashes go beside, in `<file>.sha256` or `<name>.sha256`; with them a later call checks what is there.
 *
 * An archive fetched by this call is removed once unpacked, unless other entries need it or `keepArchives`.
 *
 * @throws DatasetError, or AbortError at the signal: what has arrived is kept then, and the next call goes on
 */
export async function fetchEntry(
  entry: FetchEntry,
  places: FetchPlaces,
  tools: FetchTools,
  { keepArchives = false }: { readonly keepArchives?: boolean } = {},
): Promise<Fetched> {
  await makeFolder(places.folder);
  const [first, ...more] = entry.parts;
  if (first && !first.unpack && more.length === 0) return fetchSingle(entry.name, first, places, tools);

  const listPath = join(places.folder, `${entry.name}.sha256`);
  const listed = await readChecksums(listPath);
  if (listed) {
    const bytes = await checkFetched(places.folder, listed, tools);
    if (bytes !== undefined) return whereListed(entry.name, places.folder, listed, bytes);
  }
  await makeFolder(places.archives);
  await demandSpaceForAll(entry, places, tools);
  const placed: PlacedFile[] = [];
  for (const part of entry.parts) placed.push(...(await fetchAndUnpack(part, places, tools, keepArchives)));
  await writeFileAtomically(listPath, formatChecksums(placed));
  const bytes = placed.reduce((sum, file) => sum + file.bytes, 0);
  return {
    ...whereListed(entry.name, places.folder, placed, bytes),
    checked: 'published-hash',
    alreadyThere: false,
  };
}

async function fetchSingle(
  name: string,
  { artifact }: FetchPart,
  { folder, mirror }: FetchPlaces,
  tools: FetchTools,
): Promise<Fetched> {
  const file = await downloadFile(downloadOf(artifact, folder, mirror), tools);
  await writeFileAtomically(
    `${file.path}.sha256`,
    formatChecksums([{ path: artifact.file, sha256: file.sha256 }]),
  );
  return { name, files: 1, ...file };
}

/** A data set whose files were all there, as their list says. */
export const whereListed = (
  name: string,
  path: string,
  files: readonly ListedFile[],
  bytes: number,
): Fetched => ({
  ...{ name, path, bytes, files: files.length, sha256: hashOfList(files) },
  ...{ checked: 'hash-when-fetched', alreadyThere: true },
});

async function fetchAndUnpack(
  { artifact, unpack = [], shared }: FetchPart,
  { folder, archives, mirror }: FetchPlaces,
  tools: FetchTools,
  keepArchives: boolean,
): Promise<PlacedFile[]> {
  const archive = await downloadFile(downloadOf(artifact, archives, mirror), tools);
  const placed: PlacedFile[] = [];
  for (const take of unpack) placed.push(...(await unpackArchive(archive.path, folder, take, tools)));
  if (shared || keepArchives) return placed;
  if (archive.alreadyThere) {
    tools.observer.note(
      `${archive.path} (${formatBytes(archive.bytes)}) is needed no more and can be deleted`,
    );
  } else {
    await rm(archive.path);
  }
  return placed;
}

/** Before anything is asked for, so that a disk that is too small is known at once and not after hours. */
async function demandSpaceForAll(entry: FetchEntry, places: FetchPlaces, tools: FetchTools): Promise<void> {
  let download = 0;
  let unpacked = 0;
  for (const { artifact, unpack = [] } of entry.parts) {
    const path = join(places.archives, artifact.file);
    const there = (await sizeOf(path)) || (await sizeOf(`${path}.part`));
    download += Math.max(0, (artifact.bytes ?? 0) - there);
    for (const { bytes } of unpack) unpacked += bytes;
  }
  await demandSpace(places.archives, download, `the archives of ${entry.name}`, tools);
  await demandSpace(places.folder, download + unpacked, `${entry.name} and its archives`, tools);
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;
