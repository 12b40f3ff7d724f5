import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  DatasetError,
  drawScene,
  loadDataset,
  locateDataset,
  readImage,
  scenesFolder,
} from '../../../datasets/index.ts';
import { scratchFolder } from '../scratch.ts';

const written = async (folder: string): Promise<number> => (await stat(join(folder, 'checksums.sha256'))).ino;

describe('scenesFolder', () => {
  test('a COCO folder like any other, with nothing wrong, and the pictures as they were drawn', async () => {
    const cache = await scratchFolder();
    const folder = await scenesFolder({ count: 5, seed: 2 }, {}, cache);
    const dataset = await loadDataset(await locateDataset({ dir: folder }));
    expect(dataset.name).toBe('scenes-5-seed-2-v2');
    expect(dataset.samples.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(dataset.health.filter(({ code }) => code !== 'unused-category')).toEqual([]);
    for (const { id, path } of dataset.samples) {
      const { image, annotations } = drawScene(2, id - 1);
      const { width, height, data } = await readImage(path);
      expect([width, height]).toEqual([image.width, image.height]);
      expect(Buffer.compare(data, image.data)).toBe(0);
      const found = dataset.groundTruth.annotations.filter(({ image_id }) => image_id === id);
      expect(found.map(({ bbox }) => bbox)).toEqual(annotations.map(({ box }) => box));
    }
  });

  test('a scene is the same whatever the number of scenes, to the byte of its file', async () => {
    const cache = await scratchFolder();
    const few = await scenesFolder({ count: 2, seed: 1 }, {}, cache);
    const more = await scenesFolder({ count: 4, seed: 1 }, {}, cache);
    for (const name of await readdir(join(few, 'images'))) {
      const bytes = await readFile(join(more, 'images', name));
      expect(bytes.equals(await readFile(join(few, 'images', name)))).toBe(true);
    }
    const entries = async (folder: string) => {
      const { images, annotations } = JSON.parse(await readFile(join(folder, 'instances.json'), 'utf8'));
      return [images, annotations].map((list) =>
        list.filter((entry: { id: number; image_id?: number }) => (entry.image_id ?? entry.id) <= 2),
      );
    };
    expect(await entries(more)).toEqual(await entries(few));
  });

  test('what is there and whole is used again, without drawing', async () => {
    const cache = await scratchFolder();
    const folder = await scenesFolder({ count: 2, seed: 1 }, {}, cache);
    const before = await written(folder);
    let drawn = 0;
    const again = await scenesFolder({ count: 2, seed: 1 }, { onScene: () => drawn++ }, cache);
    expect([again, drawn, await written(folder)]).toEqual([folder, 0, before]);
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ['a picture cut off', (folder) => writeFile(join(folder, 'images', '000001.png'), 'PNG')],
    ['a picture gone', (folder) => rm(join(folder, 'images', '000000.png'))],
    ['a picture too many', (folder) => writeFile(join(folder, 'images', '000009.png'), 'PNG')],
    ['an annotation file changed', (folder) => writeFile(join(folder, 'instances.json'), '{}')],
    ['no list', (folder) => rm(join(folder, 'checksums.sha256'))],
    [
      'a list cut off',
      async (folder) => {
        const list = join(folder, 'checksums.sha256');
        await writeFile(list, (await readFile(list, 'utf8')).slice(0, -20));
      },
    ],
    ['a list of something else', (folder) => writeFile(join(folder, 'checksums.sha256'), '{"images\n')],
    [
      'another file in the list',
      async (folder) => {
        const list = join(folder, 'checksums.sha256');
        await writeFile(list, (await readFile(list, 'utf8')).replaceAll('000001.png', '000000.png'));
      },
    ],
    [
      'a file in its place',
      async (folder) => {
        await rm(folder, { recursive: true });
        await writeFile(folder, '');
      },
    ],
  ])('%s: drawn anew', async (_, damage) => {
    const cache = await scratchFolder();
    const folder = await scenesFolder({ count: 2, seed: 1 }, {}, cache);
    await damage(folder);
    let drawn = 0;
    await scenesFolder({ count: 2, seed: 1 }, { onScene: () => drawn++ }, cache);
    expect(drawn).toBe(2);
    const { samples, health } = await loadDataset(await locateDataset({ dir: folder }));
    expect(samples).toHaveLength(2);
    expect(health.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await readdir(join(cache, 'scenes'))).toEqual(['scenes-2-seed-1-v2']);
    expect(await readdir(join(folder, 'images'))).toEqual(['000000.png', '000001.png']);
  });

  test('several at once get the same folder, and no part is left over', async () => {
    const cache = await scratchFolder();
    const folders = await Promise.all([1, 2, 3].map(() => scenesFolder({ count: 3, seed: 5 }, {}, cache)));
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(join(cache, 'scenes'))).toEqual(['scenes-3-seed-5-v2']);
    expect(await readdir(join(folders[0]!, 'images'))).toHaveLength(3);
  });

  test('an interruption leaves nothing', async () => {
    const cache = await scratchFolder();
    const stop = new AbortController();
    const job = { signal: stop.signal, onScene: () => stop.abort() };
    await expect(scenesFolder({ count: 50, seed: 5 }, job, cache)).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(await readdir(join(cache, 'scenes'))).toEqual([]);
  });

  test('a cache that cannot be written is named, with the variable that names another', async () => {
    const file = join(await scratchFolder({ taken: '' }), 'taken');
    await expect(scenesFolder({ count: 1, seed: 0 }, {}, file)).rejects.toThrow(
      new DatasetError(
        `cannot keep drawn scenes in the cache folder ${file}: a part of the path is a file and not a folder; move the file ` +
          'away, or name another folder with MLU_PARITY_CACHE',
      ),
    );
  });
});
