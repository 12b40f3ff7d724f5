import { readFile } from 'node:fs/promises';
import { DatasetError, fileTrouble } from './dataset-error.ts';

/**
 * Reads a list of images: an image id or a file name a line. `#` and what follows it, and empty lines, are left out; so
 * file names with a `#` cannot be listed, only their ids.
 *
 * @throws DatasetError when the file cannot be read or lists nothing
 */
export async function readImageList(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new DatasetError(`cannot read the image list ${path}: ${fileTrouble(error)}`, { cause: error });
  }
  const names = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
  if (names.length === 0) {
    throw new DatasetError(
      `cannot use the image list ${path}: no line names an image; give an id or file name a line`,
    );
  }
  return names;
}
