import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { FetchEntry } from '../../datasets/fetch/index.ts';
import { defaultRoot } from './fetch-places.ts';

/** The command that makes use of what was fetched, with the other half where it lies already. */
export async function nextLine(entry: FetchEntry, path: string): Promise<string> {
  const weights = await orElse(join(defaultRoot(), 'yolox', 'yolox_nano.pth'), 'yolox_nano.pth');
  const dataset = await orElse(join(defaultRoot(), 'coco'), 'coco');
  const here = quoted(path);
  if (entry.folder === 'yolox') return `mlu-parity run --weights ${here} --dataset ${dataset}`;
  if (entry.folder === 'images') return `mlu-parity detect ${here} --weights ${weights}`;
  if (entry.split === 'train2017') {
    const pictures = quoted(join(path, entry.split));
    return `mlu-parity run --weights ${weights} --dataset ${dataset} --calibration ${pictures}`;
  }
  if (entry.split === undefined) {
    const annotations = quoted(join(path, 'annotations', 'instances_val2017.json'));
    return `mlu-parity eval ${annotations} results.json`;
  }
  return `mlu-parity run --weights ${weights} --dataset ${here}`;
}

async function orElse(path: string, placeholder: string): Promise<string> {
  return (await stat(path).catch(() => undefined)) ? quoted(path) : placeholder;
}

/** Relative where that is shorter to read; in quotes where a shell would take it apart. */
function quoted(path: string): string {
  const short = relative(process.cwd(), path);
  const shown = short === '' || short.startsWith('..') ? path : short;
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
