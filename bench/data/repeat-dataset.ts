import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';

/** A COCO folder in `dir` with the pictures of `source` over and over under new ids until there are `count` images. */
export async function repeatDataset(source: string, dir: string, count: number): Promise<void> {
  const text = await readFile(join(source, 'instances_val2017.json'), 'utf8');
  const original = JSON.parse(text) as CocoGroundTruth;
  const images: object[] = [];
  const annotations: object[] = [];
  while (images.length < count) {
    for (const image of original.images.slice(0, count - images.length)) {
      const id = images.length + 1;
      images.push({ ...image, id });
      for (const annotation of original.annotations) {
        if (annotation.image_id === image.id) {
          annotations.push({ ...annotation, id: annotations.length + 1, image_id: id });
        }
      }
    }
  }
  await mkdir(dir, { recursive: true });
  await symlink(join(source, 'images'), join(dir, 'images'));
  await writeFile(
    join(dir, 'instances_val2017.json'),
    JSON.stringify({ categories: original.categories, images, annotations }),
  );
}
