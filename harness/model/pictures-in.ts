import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { BadDataError } from '../errors.ts';

const PICTURE_ENDINGS = ['.jpg', '.jpeg', '.png', '.webp'];

/**
 * The pictures of a folder, in order of their names; of a COCO folder, those of its `images/`.
 * @param asked what they are for and the option that names the folder, for the sentence of an error.
 * @throws BadDataError when the folder cannot be read or has no pictures.
 */
export async function picturesIn(
  folder: string,
  asked: { readonly purpose: string; readonly option: string },
): Promise<string[]> {
  const { purpose, option } = asked;
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(
      `cannot ${purpose} ${folder} (${error.code}): give ${option} a folder of pictures`,
      { cause: error },
    );
  });
  const pictures = names.filter((name) => PICTURE_ENDINGS.includes(extname(name).toLowerCase())).sort();
  if (pictures.length > 0) return pictures.map((name) => join(folder, name));
  const below = join(folder, 'images');
  if ((await stat(below).catch(() => null))?.isDirectory()) return picturesIn(below, asked);
  throw new BadDataError(`cannot ${purpose} ${folder}: it has no ${PICTURE_ENDINGS.join(', ')} picture`);
}
