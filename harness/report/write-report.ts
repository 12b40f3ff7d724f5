import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { htmlReport, type RunRecord } from '../../reports/index.ts';
import { packageRoot } from '../package-info.ts';
import { writeFileAtomically } from '../store/write-file-atomically.ts';

/**
 * Writes `report.html` of a run folder from its record and the pictures beside it.
 * @returns the path of the page.
 */
export async function writeReport(folder: string, record: RunRecord): Promise<string> {
  const path = join(folder, 'report.html');
  const script = await pageScript();
  const pictures = await readPictures(folder, record);
  await writeFileAtomically(
    path,
    await htmlReport(record, { pictures, ...(script === null ? {} : { script }) }),
  );
  return path;
}

/** Made by `npm run build`; null in a checkout that was never built, whose pages are still but complete. */
async function pageScript(): Promise<string | null> {
  return readFile(join(packageRoot(), 'dist/reports/page/page-runtime.js'), 'utf8').catch(() => null);
}

/** A picture that is gone leaves its boxes in the page. */
async function readPictures(folder: string, record: RunRecord): Promise<Map<string, string>> {
  const pictures = new Map<string, string>();
  for (const { picture } of record.gallery) {
    const jpeg = await readFile(join(folder, picture)).catch(() => null);
    if (jpeg !== null) pictures.set(picture, `data:image/jpeg;base64,${jpeg.toString('base64')}`);
  }
  return pictures;
}
