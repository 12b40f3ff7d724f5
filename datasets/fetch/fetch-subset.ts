import { join } from 'node:path';
import { formatChecksums, readChecksums } from '../checksum-list.ts';
import { parseGroundTruth } from '../coco-json.ts';
import { DatasetError } from '../dataset-error.ts';
import { readImage } from '../image.ts';
import { readJsonFile } from '../json-file.ts';
import { makeFolder } from '../make-folder.ts';
import { selectSubset } from '../subset.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { checkFetched } from './check-fetched.ts';
import { downloadFile } from './download-file.ts';
import { type Fetched, whereListed } from './fetch-entry.ts';
import type { FetchTools } from './fetch-tools.ts';
import { COCO_ORIGINS, type FetchEntry } from './manifest.ts';
import { addressesOf, downloadOf, type FetchPlaces } from './plan-downloads.ts';
import { type PlacedFile, unpackArchive } from './unpack-archive.ts';

export interface SubsetChoice {
  readonly count: number;
  readonly seed: number;
}

/** Pictures fetched at the same time: enough to hide the way there and back, not enough to be a burden. */
const AT_ONCE = 6;

/**
 * Fetches the annotations, chooses pictures by `selectSubset`, and fetches those alone, one by one. The folder becomes a
 * data set of its own: the annotation file holds only these pictures, with every field the official one has.
 *
 * Single pictures have no published hashes: each is decoded whole, and must have the size the annotations say. The
 * annotation file is written last, so that a folder that has one is complete.
 *
 * @throws DatasetError, or AbortError at the signal; the pictures that came are kept
 */
export async function fetchSubset(
  entry: FetchEntry & { readonly split: string },
  choice: SubsetChoice,
  places: FetchPlaces,
  tools: FetchTools,
): Promise<Fetched> {
  const { split } = entry;
  const { folder } = places;
  const name = `${entry.name}, ${choice.count} pictures of seed ${choice.seed}`;
  const listPath = join(folder, `${entry.name}-${choice.count}-seed${choice.seed}.sha256`);
  const listed = await readChecksums(listPath);
  if (listed) {
    const bytes = await checkFetched(folder, listed, tools);
    if (bytes !== undefined) return whereListed(name, folder, listed, bytes);
  }
  const { document, pictures } = await chooseImages(entry, choice, places, tools);
  const annotationsPath = join(folder, 'annotations', `instances_${split}.json`);
  await refuseOtherSubset(annotationsPath, document);
  const placed = await fetchPictures(pictures, split, places, tools);
  await makeFolder(join(folder, 'annotations'));
  await writeFileAtomically(annotationsPath, document);
  const annotations = await readJsonFile(annotationsPath, 'annotation file');
  const files: PlacedFile[] = [
    {
      path: `annotations/instances_${split}.json`,
      sha256: annotations.sha256,
      bytes: Buffer.byteLength(document),
    },
    ...placed,
  ];
  await writeFileAtomically(listPath, formatChecksums(files));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { ...whereListed(name, folder, files, bytes), checked: 'content', alreadyThere: false };
}

interface Picture {
  readonly fileName: string;
  /** Below the origins. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

async function chooseImages(
  entry: FetchEntry & { readonly split: string },
  choice: SubsetChoice,
  { archives, mirror }: FetchPlaces,
  tools: FetchTools,
): Promise<{ document: string; pictures: Picture[] }> {
  const take = `annotations/instances_${entry.split}.json`;
  const part = entry.parts.find(({ unpack }) => unpack?.some((one) => one.take === take))!;
  await makeFolder(archives);
  const archive = await downloadFile(downloadOf(part.artifact, archives, mirror), tools);
  const unpack = part.unpack!.find((one) => one.take === take)!;
  await unpackArchive(archive.path, archives, unpack, tools);

  const path = join(archives, take);
  const all = (await readJsonFile(path, 'annotation file')).value as RawAnnotations;
  const chosen = selectSubset(parseGroundTruth(all, path), choice);
  const ids = new Set(chosen.images.map(({ id }) => id));
  const images = all.images.filter(({ id }) => ids.has(id));
  const document = JSON.stringify({
    ...all,
    images,
    annotations: all.annotations.filter(({ image_id }) => ids.has(image_id)),
  });
  return { document, pictures: images.map((image) => pictureOf(image, path)) };
}

/** The official file as it is; what is used of it is checked by `parseGroundTruth` and `pictureOf`. */
interface RawAnnotations {
  readonly images: readonly RawImage[];
  readonly annotations: readonly { readonly image_id: number }[];
}

interface RawImage {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
  readonly coco_url?: unknown;
}

function pictureOf(
  { id, file_name: fileName, width, height, coco_url: address }: RawImage,
  path: string,
): Picture {
  const refuse = (reason: string) =>
    new DatasetError(
      `cannot fetch image ${id} of ${path}: ${reason}; fetch the whole archive without --subset`,
    );
  if (!/^[\w-][\w.-]*$/.test(fileName)) {
    throw refuse(`its file_name ${JSON.stringify(fileName)} is no plain file name`);
  }
  const shown = JSON.stringify(address);
  if (typeof address !== 'string' || !URL.canParse(address))
    throw refuse(`its coco_url ${shown} is no address`);
  const { hostname, pathname } = new URL(address);
  if (hostname !== 'images.cocodataset.org')
    throw refuse(`its coco_url ${shown} is not at images.cocodataset.org`);
  return { fileName, path: pathname.slice(1), width, height };
}

async function refuseOtherSubset(path: string, document: string): Promise<void> {
  const found = await readJsonFile(path, 'annotation file').catch((error: unknown) => {
    if (error instanceof DatasetError && (error.cause as NodeJS.ErrnoException)?.code === 'ENOENT')
      return undefined;
    throw error;
  });
  if (found === undefined || JSON.stringify(found.value) === document) return;
  throw new DatasetError(
    `cannot put a subset at ${path}: there is another annotation file; give another folder, or move it away`,
  );
}

async function fetchPictures(
  pictures: readonly Picture[],
  split: string,
  { folder, mirror }: FetchPlaces,
  tools: FetchTools,
): Promise<PlacedFile[]> {
  const placed = new Array<PlacedFile>(pictures.length);
  // The first failure ends the others; their own errors are then only echoes.
  const stop = new AbortController();
  const each = { ...tools, signal: AbortSignal.any([tools.signal, stop.signal]) };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < pictures.length) {
      const index = next++;
      placed[index] = await fetchPicture(pictures[index]!, split, folder, mirror, each);
      tools.observer.advance(1);
    }
  };
  tools.observer.start('pictures', { total: pictures.length, done: 0, unit: 'count' });
  try {
    const workers = Array.from({ length: AT_ONCE }, () =>
      work().catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    tools.signal.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason;
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
    return placed;
  } finally {
    tools.observer.stop();
  }
}

async function fetchPicture(
  { fileName, path, width, height }: Picture,
  split: string,
  folder: string,
  mirror: string | undefined,
  tools: FetchTools,
): Promise<PlacedFile> {
  const { bytes, sha256 } = await downloadFile(
    {
      label: fileName,
      path: join(folder, split, fileName),
      urls: addressesOf({ origins: COCO_ORIGINS, path }, mirror),
      content: 'jpeg',
      quiet: true,
      inspect: async (file) => {
        const image = await readImage(file);
        // The annotations give the size as stored, the reader as seen: a camera's turn swaps the sides.
        const sides = [image.width, image.height].sort().join('×');
        if (sides === [width, height].sort().join('×')) return;
        throw new DatasetError(
          `${file} has ${image.width}×${image.height} pixels and not ${width}×${height}`,
        );
      },
    },
    tools,
  );
  return { path: `${split}/${fileName}`, bytes, sha256 };
}
