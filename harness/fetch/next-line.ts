import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { FetchEntry } from '../../datasets/fetch/index.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { defaultRoot } from './fetch-places.ts';

/** The command that makes use of what was fetched, with the other half where it lies already. */
export async function nextLine(entry: FetchEntry, path: string): Promise<string> {
  const root = defaultRoot();
  const weights = await firstThere([join(root, 'yolox', 'yolox_nano.pth')], 'yolox_nano.pth');
  if (entry.folder === 'images') return `mlu-parity detect ${quoted(path)} --weights ${quoted(weights)}`;
  if (entry.folder === 'coco' && entry.split === undefined) {
    return `mlu-parity eval ${quoted(join(path, 'annotations', 'instances_val2017.json'))} results.json`;
  }
  const coco = join(root, 'coco');
  const evaluated = (await isThere(join(coco, 'val2017'))) ? coco : 'coco';
  const dataset = entry.split === 'val2017' ? path : evaluated;
  // Of the default backends one takes its input scales from pictures: those for training where there are some.
  const training = [dataset, coco].map((dir) => join(dir, 'train2017'));
  const calibration =
    entry.split === 'train2017'
      ? join(path, 'train2017')
      : await firstThere(training, join(dataset, 'val2017'));
  const model = entry.folder === 'yolox' ? path : weights;
  return `mlu-parity run --weights ${quoted(model)} --dataset ${quoted(dataset)} --calibration ${quoted(calibration)}`;
}

async function firstThere(paths: readonly string[], placeholder: string): Promise<string> {
  for (const path of paths) if (await isThere(path)) return path;
  return placeholder;
}

const isThere = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;

/** Relative where that is shorter to read. */
function quoted(path: string): string {
  const short = relative(process.cwd(), path);
  const shown = short === '' || short.startsWith('..') ? path : short;
  return shellWord(shown);
}
