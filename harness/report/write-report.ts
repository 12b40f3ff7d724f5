import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { htmlReport, type RunRecord } from '../../reports/index.ts';
import { GALLERY_PICTURE } from '../../reports/record/gallery-image.ts';
import { BadDataError } from '../errors.ts';
import { packageRoot } from '../package-info.ts';

/**
 * Writes `report.html` of a run folder from its record and the pictures beside it.
 * @returns the path of the page.
 */
export async function writeReport(folder: string, record: RunRecord): Promise<string> {
  const path = join(folder, 'report.html');
  const script = await readPageScript('page-runtime');
  const pictures = await readPictures(folder, record);
  await writeFileAtomically(
    path,
    await htmlReport(record, { pictures, ...(script === null ? {} : { script }) }),
  );
  return path;
}

/** Made by `npm run build`; null in a checkout that was never built, whose pages are still but complete. */
export async function readPageScript(name: 'page-runtime' | 'nightly-runtime'): Promise<string | null> {
  return readFile(join(packageRoot(), `dist/reports/page/${name}.js`), 'utf8').catch(() => null);
}

/**
 * A picture that is gone leaves its boxes in the page; so does one that a link takes from outside the run folder.
 * @throws BadDataError for a name that is no picture of a run: a record from elsewhere must not put files in a page.
 */
async function readPictures(folder: string, record: RunRecord): Promise<Map<string, string>> {
  const pictures = new Map<string, string>();
  for (const { picture } of record.gallery) {
    if (!GALLERY_PICTURE.test(picture)) {
      throw new BadDataError(
        `cannot write the report: the record names ${JSON.stringify(picture)} as a picture, and only gallery/<image id>.jpg is one; run again`,
      );
    }
    const jpeg = await readInside(folder, picture).catch(() => null);
    if (jpeg !== null && isJpeg(jpeg)) {
      pictures.set(picture, `data:image/jpeg;base64,${jpeg.toString('base64')}`);
    } else {
      process.stderr.write(
        `warning: ${join(folder, picture)} is no picture, or gone: the page shows its boxes alone\n`,
      );
    }
  }
  return pictures;
}

const isJpeg = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

async function readInside(folder: string, name: string): Promise<Buffer | null> {
  const path = await realpath(join(folder, name));
  return path.startsWith(`${await realpath(folder)}${sep}`) ? readFile(path) : null;
}
