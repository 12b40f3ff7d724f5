import { join, resolve } from 'node:path';
import { cacheFolder } from '../../datasets/cache-folder.ts';
import type { FetchEntry, FetchPlaces } from '../../datasets/fetch/index.ts';
import { UsageError } from '../errors.ts';

export interface PlaceFlags {
  readonly subset?: number;
  readonly seed?: number;
  readonly mirror?: string;
  readonly archives?: string;
}

/** Everything that is fetched without a folder lies below this one. */
export const defaultRoot = (): string => join(cacheFolder(), 'fetch');

/** Where an entry goes: `dir`, or a folder of the cache; a subset there gets one of its own. */
export function placesOf(entry: FetchEntry, dir: string | undefined, flags: PlaceFlags): FetchPlaces {
  const { subset, seed = 0, mirror, archives } = flags;
  const name = subset === undefined ? entry.folder : `${entry.name}-${subset}-seed${seed}`;
  const root = dir === undefined ? defaultRoot() : resolve(dir);
  return {
    folder: dir === undefined ? join(root, name) : root,
    archives: archives === undefined ? join(root, 'archives') : resolve(archives),
    ...(mirror === undefined ? {} : { mirror: parseMirror(mirror) }),
  };
}

function parseMirror(text: string): string {
  const refuse = (reason: string) =>
    new UsageError(
      `cannot use --mirror ${JSON.stringify(text)}: ${reason}; give an address such as https://mirror.example/coco`,
    );
  if (!URL.canParse(text)) throw refuse('it is no address');
  const { protocol, href, search, hash, username } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') throw refuse('it is neither http nor https');
  if (username !== '') throw refuse('names and passwords are not sent');
  if (search !== '' || hash !== '') throw refuse('paths are put behind it, so it cannot have ? or #');
  return href.endsWith('/') ? href : `${href}/`;
}
