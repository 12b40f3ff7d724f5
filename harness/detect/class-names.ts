import { readFile } from 'node:fs/promises';
import { COCO_CLASS_NAMES, SAMPLE_MODEL } from '../../datasets/index.ts';
import { BadDataError } from '../errors.ts';
import type { Model } from '../model/load-model.ts';

/**
 * Names by class index: from a file with one a line, those of COCO for 80 classes, those of the sample weights, or `class 0`
 * and so on.
 * @throws BadDataError when the file cannot be read or has another number of names than the network has classes.
 */
export async function readClassNames(
  { variant: { classes }, sha256 }: Pick<Model, 'variant' | 'sha256'>,
  file: string | undefined,
): Promise<readonly string[]> {
  if (file === undefined) {
    if (sha256 === SAMPLE_MODEL.sha256) return SAMPLE_MODEL.classNames;
    return classes === COCO_CLASS_NAMES.length
      ? COCO_CLASS_NAMES
      : Array.from({ length: classes }, (_, index) => `class ${index}`);
  }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadDataError(
      `cannot read the class names ${file} (${error.code}): give a text file, one name a line`,
      {
        cause: error,
      },
    );
  });
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== classes) {
    throw new BadDataError(
      `${file} has ${names.length} class names and the network ${classes} classes: give one a line`,
    );
  }
  return names;
}
