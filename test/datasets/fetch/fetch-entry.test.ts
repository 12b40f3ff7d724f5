import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchEntry } from '../../../datasets/fetch/index.ts';
import { loadDataset, locateDataset } from '../../../datasets/index.ts';
import { scratchFolder } from '../scratch.ts';
import { fakeTools } from './fake-tools.ts';
import { answer, serve } from './loopback.ts';
import { filesAt, smallCoco } from './small-coco.ts';

async function setUp(count = 4) {
  const coco = await smallCoco(count);
  const server = await serve(filesAt(coco.served));
  const dir = await scratchFolder();
  const places = { folder: join(dir, 'coco'), archives: join(dir, 'archives'), mirror: server.origin };
  return { ...coco, server, dir, places };
}

describe('fetchEntry of a data set', () => {
  test('archives become a folder that locateDataset and loadDataset take without a finding', async () => {
    const { entry, places, server } = await setUp();
    const fetched = await fetchEntry(entry, places, fakeTools());
    expect(fetched).toMatchObject({
      path: places.folder,
      files: 5,
      checked: 'published-hash',
      alreadyThere: false,
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['/annotations/notes.zip', '/zips/val2017.zip']);
    const dataset = await loadDataset(await locateDataset({ dir: places.folder }));
    expect(dataset.counts).toMatchObject({ images: 4, annotations: 4 });
    expect(dataset.health.filter(({ code }) => code.startsWith('picture'))).toEqual([]);
    expect(await readdir(places.folder)).toEqual(['annotations', 'coco-val2017.sha256', 'val2017']);
    expect(await readdir(join(places.folder, 'annotations'))).toEqual(['instances_val2017.json']);
  });

  test('the archive of pictures goes, the shared one stays; keepArchives keeps both', async () => {
    const { entry, places } = await setUp();
    await fetchEntry(entry, places, fakeTools());
    expect(await readdir(places.archives)).toEqual(['notes.zip']);
    const again = await setUp();
    await fetchEntry(again.entry, again.places, fakeTools(), { keepArchives: true });
    expect(await readdir(again.places.archives)).toEqual(['notes.zip', 'val2017.zip']);
  });

  test('an archive that was there is used without a request, and not removed', async () => {
    const { entry, places, served } = await setUp();
    const empty = await serve(answer(404));
    const { archives } = places;
    await fetchEntry(entry, { ...places, folder: join(archives, '..', 'first') }, fakeTools()); // leaves notes.zip
    await writeFile(join(archives, 'val2017.zip'), served.get('zips/val2017.zip')!);
    const tools = fakeTools();
    await fetchEntry(entry, { ...places, mirror: empty.origin }, tools);
    expect(empty.requests).toEqual([]);
    expect(await readdir(archives)).toContain('val2017.zip');
    expect(tools.notes).toEqual([
      expect.stringMatching(/val2017\.zip \(.* kB\) is needed no more and can be/),
    ]);
  });

  test('a second call checks everything and asks for nothing', async () => {
    const { entry, places, server } = await setUp();
    const first = await fetchEntry(entry, places, fakeTools());
    const before = server.requests.length;
    expect(await fetchEntry(entry, places, fakeTools())).toEqual({
      ...first,
      // The list beside the files was read, and nothing that is published.
      checked: 'hash-when-fetched',
      alreadyThere: true,
    });
    expect(server.requests).toHaveLength(before);
  });

  test('a file that was deleted comes again; one that was changed is named and left alone', async () => {
    const { entry, places } = await setUp();
    await fetchEntry(entry, places, fakeTools());
    const picture = join(places.folder, 'val2017', '000000000002.jpg');
    const content = await readFile(picture);
    await rm(picture);
    await fetchEntry(entry, places, fakeTools());
    expect(await readFile(picture)).toEqual(content);
    await writeFile(picture, 'mine');
    await expect(fetchEntry(entry, places, fakeTools())).rejects.toThrow(
      /cannot use .*2\.jpg: it has changed since it was fetched .*; delete it and run the same command again/,
    );
    expect(await readFile(picture, 'utf8')).toBe('mine');
  });

  test('an interrupted unpacking goes on without fetching again', async () => {
    const { entry, places, server } = await setUp();
    const controller = new AbortController();
    const tools = fakeTools({ signal: controller.signal });
    let files = 0;
    tools.observer.start = (label) => {
      if (label.startsWith('unpacking val2017/')) tools.onAdvance = () => ++files === 2 && controller.abort();
    };
    await expect(fetchEntry(entry, places, tools)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(join(places.folder, 'val2017'))).toHaveLength(2);
    const before = server.requests.length;
    await fetchEntry(entry, places, fakeTools());
    expect(server.requests).toHaveLength(before);
    expect(await readdir(join(places.folder, 'val2017'))).toHaveLength(4);
  });

  test('a disk too small for archives and files together: known before the first request', async () => {
    const { entry, places, server } = await setUp();
    const free = entry.parts.reduce((sum, { artifact }) => sum + artifact.bytes!, 0);
    const tools = fakeTools({ freeBytes: async () => free });
    await expect(fetchEntry(entry, places, tools)).rejects.toThrow(
      /coco-val2017 and its archives into .*: it needs/,
    );
    expect(server.requests).toEqual([]);
  });

  test('two at once make one data set', async () => {
    const { entry, places, server } = await setUp();
    const both = await Promise.all([1, 2].map(() => fetchEntry(entry, places, fakeTools())));
    expect(both[0]!.sha256).toBe(both[1]!.sha256);
    expect(server.requests.filter(({ path }) => path === '/annotations/notes.zip')).toHaveLength(1);
    expect(await readdir(join(places.folder, 'val2017'))).toHaveLength(4);
  });

  test.skipIf(process.platform === 'win32')(
    'sha256sum reads the list, and gives the same hash of it',
    async () => {
      const { entry, places } = await setUp();
      const { sha256 } = await fetchEntry(entry, places, fakeTools());
      const shell = (command: string): string =>
        execFileSync('sh', ['-c', command], {
          cwd: places.folder,
          encoding: 'utf8',
          env: { ...process.env, LC_ALL: 'C' },
        });
      expect(shell('sha256sum -c coco-val2017.sha256').match(/: OK/g)).toHaveLength(5);
      expect(shell('sha256sum annotations/*.json val2017/*.jpg | sha256sum')).toBe(`${sha256}  -\n`);
    },
  );
});

test('fetchEntry of a single file: the hash goes beside it, as sha256sum writes it', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const server = await serve(filesAt(new Map([['w.pth', bytes]])));
  const dir = await scratchFolder();
  const sha256 = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';
  const artifact = {
    file: 'w.pth',
    path: 'w.pth',
    origins: [server.origin],
    sha256,
    knownFrom: '',
    content: 'weights',
  };
  const entry = { name: 'w', title: '', licence: '', folder: 'yolox', parts: [{ artifact }] } as const;
  const fetched = await fetchEntry(
    entry as never,
    { folder: dir, archives: join(dir, 'archives') },
    fakeTools(),
  );
  expect(fetched).toEqual({
    ...{
      name: 'w',
      path: join(dir, 'w.pth'),
      bytes: 3,
      files: 1,
      sha256,
      checked: 'published-hash',
      alreadyThere: false,
    },
  });
  expect(await readFile(join(dir, 'w.pth.sha256'), 'utf8')).toBe(`${sha256}  w.pth\n`);
  expect((await readdir(dir)).sort()).toEqual(['w.pth', 'w.pth.sha256']);
});
