import { addressesOf, type FetchEntry, formatBytes, MANIFEST } from '../../datasets/fetch/index.ts';
import { formatTable } from '../terminal/table.ts';
import { defaultRoot, type PlaceFlags, placesOf } from './fetch-places.ts';

/** What there is to fetch, for people. */
export function listAsText(dir: string | undefined, flags: PlaceFlags): string {
  const rows = MANIFEST.map((entry) => {
    const { download, onDisk } = sizesOf(entry);
    return [entry.name, size(download), size(onDisk), placesOf(entry, dir, flags).folder];
  });
  const about = MANIFEST.map((entry) => `  ${entry.name}: ${entry.title}. Licence: ${entry.licence}.`);
  return [
    ...formatTable(['name', 'to fetch', 'on the disk', 'goes to'], rows),
    '',
    ...about,
    '',
    'Every file is checked against a published SHA-256; --json says which, and where it is published.',
    `Without a folder things go below ${defaultRoot()} (MLU_PARITY_CACHE moves it).`,
    '',
  ].join('\n');
}

/** The manifest with sums and places, for machines. */
export function listAsJson(dir: string | undefined, flags: PlaceFlags): object {
  return MANIFEST.map((entry) => {
    const { folder, mirror } = placesOf(entry, dir, flags);
    return {
      ...{ name: entry.name, title: entry.title, licence: entry.licence, folder },
      ...{ downloadBytes: sizesOf(entry).download ?? null, diskBytes: sizesOf(entry).onDisk ?? null },
      files: entry.parts.map(({ artifact }) => ({
        file: artifact.file,
        bytes: artifact.bytes ?? null,
        sha256: artifact.sha256,
        knownFrom: artifact.knownFrom,
        addresses: addressesOf(artifact, mirror),
      })),
    };
  });
}

/** Undefined where a size is not published. */
function sizesOf(entry: FetchEntry): { download: number | undefined; onDisk: number | undefined } {
  let download: number | undefined = 0;
  let onDisk: number | undefined = 0;
  for (const { artifact, unpack } of entry.parts) {
    download = add(download, artifact.bytes);
    const left = unpack ? unpack.reduce((sum, { bytes }) => sum + bytes, 0) : artifact.bytes;
    onDisk = add(onDisk, left);
  }
  return { download, onDisk };
}

const add = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

const size = (bytes: number | undefined): string => (bytes === undefined ? 'not known' : formatBytes(bytes));
