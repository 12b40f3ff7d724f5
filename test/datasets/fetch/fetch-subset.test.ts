import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchSubset } from '../../../datasets/fetch/index.ts';
import { loadDataset, locateDataset, selectSubset } from '../../../datasets/index.ts';
import { scratchFolder } from '../scratch.ts';
import { fakeTools } from './fake-tools.ts';
import { serve } from './loopback.ts';
import { filesAt, smallCoco } from './small-coco.ts';

const CHOICE = { count: 5, seed: 3 };

async function setUp() {
  const coco = await smallCoco(12);
  const server = await serve(filesAt(coco.served));
  const dir = await scratchFolder();
  const places = { folder: join(dir, 'sub'), archives: join(dir, 'archives'), mirror: server.origin };
  return { ...coco, server, dir, places };
}

describe('fetchSubset', () => {
  test('fetches the annotations and the chosen pictures alone, and leaves a data set of just these', async () => {
    const { entry, places, server, annotations } = await setUp();
    const fetched = await fetchSubset(entry, CHOICE, places, fakeTools());
    const expected = selectSubset(annotations as never, CHOICE).images.map(
      ({ file_name }) => `/val2017/${file_name}`,
    );
    expect(server.requests.map(({ path }) => path).sort()).toEqual(
      ['/annotations/notes.zip', ...expected].sort(),
    );
    expect(fetched).toMatchObject({ path: places.folder, files: 6, checked: 'content', alreadyThere: false });

    const dataset = await loadDataset(await locateDataset({ dir: places.folder }));
    expect(dataset.counts).toMatchObject({ images: 5, allImages: 5, annotations: 5, categories: 3 });
    expect(dataset.health.filter(({ code }) => code.startsWith('picture'))).toEqual([]);
  });

  test('the annotation file keeps every field the official one has', async () => {
    const { entry, places, annotations } = await setUp();
    await fetchSubset(entry, CHOICE, places, fakeTools());
    const written = JSON.parse(
      await readFile(join(places.folder, 'annotations/instances_val2017.json'), 'utf8'),
    );
    const ids = new Set(selectSubset(annotations as never, CHOICE).images.map(({ id }) => id));
    expect(written).toEqual({
      ...annotations,
      images: annotations.images.filter(({ id }) => ids.has(id)),
      annotations: (annotations.annotations as { image_id: number }[]).filter(({ image_id }) =>
        ids.has(image_id),
      ),
    });
  });

  test('a second call checks and asks for nothing', async () => {
    const { entry, places, server } = await setUp();
    const first = await fetchSubset(entry, CHOICE, places, fakeTools());
    const before = server.requests.length;
    expect(await fetchSubset(entry, CHOICE, places, fakeTools())).toEqual({
      ...first,
      checked: 'hash-when-fetched',
      alreadyThere: true,
    });
    expect(server.requests).toHaveLength(before);
  });

  test('a picture that is not there ends it, without an annotation file; the next call fetches what is missing', async () => {
    const { entry, places, server, served, annotations } = await setUp();
    const missing = selectSubset(annotations as never, CHOICE).images[2]!.file_name;
    const bytes = served.get(`val2017/${missing}`)!;
    served.delete(`val2017/${missing}`);
    await expect(fetchSubset(entry, CHOICE, places, fakeTools())).rejects.toThrow(
      `cannot fetch ${missing}: `,
    );
    expect(await readdir(places.folder)).toEqual(['val2017']);
    served.set(`val2017/${missing}`, bytes);
    await fetchSubset(entry, CHOICE, places, fakeTools());
    const asked = server.requests.map(({ path }) => path);
    expect(asked.filter((path) => path === '/annotations/notes.zip')).toHaveLength(1);
    expect(await readdir(join(places.folder, 'val2017'))).toHaveLength(5);
  });

  test('a picture of another size than annotated, and half a picture, are refused', async () => {
    const { entry, places, served, annotations } = await setUp();
    const [first, second] = selectSubset(annotations as never, CHOICE).images.map(
      ({ file_name }) => `val2017/${file_name}`,
    );
    const right = served.get(first!)!;
    served.set(first!, served.get(second!)!);
    await expect(fetchSubset(entry, CHOICE, places, fakeTools())).rejects.toThrow(
      /×16 pixels and not \d+×16/,
    );
    served.set(first!, right.subarray(0, right.length - 40));
    await expect(fetchSubset(entry, CHOICE, places, fakeTools())).rejects.toThrow(
      /cannot use what came for .*jpg/,
    );
    expect(await readdir(join(places.folder, 'val2017'))).not.toContain(first!.split('/')[1]);
  });

  test('another subset into the same folder is refused before its pictures are fetched', async () => {
    const { entry, places, server } = await setUp();
    await fetchSubset(entry, CHOICE, places, fakeTools());
    const before = server.requests.length;
    await expect(fetchSubset(entry, { count: 7, seed: 3 }, places, fakeTools())).rejects.toThrow(
      /cannot put a subset at .*instances_val2017\.json: there is another annotation file; give another folder/,
    );
    expect(server.requests).toHaveLength(before);
  });

  test('more pictures than there are: said', async () => {
    const { entry, places } = await setUp();
    await expect(fetchSubset(entry, { count: 13, seed: 0 }, places, fakeTools())).rejects.toThrow(
      'cannot select 13 images: the annotation file has 12',
    );
  });
});
