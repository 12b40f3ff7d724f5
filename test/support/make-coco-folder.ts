import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { COCO_CLASS_NAMES } from '../../datasets/index.ts';
import { createRandom } from '../../reference/random.ts';

const SIDE = 64;

/**
 * A COCO folder in the flat layout: `count` small pictures of noise, ids from 1, each with one box. Enough for everything
 * but an AP that means something.
 * @returns its annotation file as an object, to be spoilt and written again.
 */
export async function makeCocoFolder(dir: string, count: number) {
  await mkdir(join(dir, 'images'), { recursive: true });
  const random = createRandom(1);
  const groundTruth = {
    images: Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      file_name: `${index + 1}.png`,
      width: SIDE,
      height: SIDE,
    })),
    categories: COCO_CLASS_NAMES.map((name, index) => ({ id: index + 1, name })),
    annotations: Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      image_id: index + 1,
      category_id: index + 1,
      bbox: [4, 4, 20, 20],
      area: 400,
      iscrowd: 0,
    })),
  };
  for (const { file_name } of groundTruth.images) {
    const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => Math.floor(random.next() * 256));
    await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toFile(join(dir, 'images', file_name));
  }
  await writeAnnotations(dir, groundTruth);
  return groundTruth;
}

export function writeAnnotations(dir: string, groundTruth: object): Promise<void> {
  return writeFile(join(dir, 'instances.json'), JSON.stringify(groundTruth));
}
