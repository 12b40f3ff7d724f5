import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { FetchEntry } from '../../../datasets/fetch/index.ts';
import type { Handler } from './loopback.ts';
import { zipOf } from './zip-of.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface SmallCoco {
  readonly entry: FetchEntry & { readonly split: 'val2017' };
  /** What lies on the server, by path. */
  readonly served: Map<string, Uint8Array>;
  readonly annotations: { images: { id: number; file_name: string }[]; annotations: unknown[] };
}

/** COCO val2017 in small, laid out as on its server: two archives, and the pictures one by one. */
export async function smallCoco(count: number): Promise<SmallCoco> {
  const pictures: Record<string, Uint8Array> = {};
  const images = [];
  for (let id = 1; id <= count; id++) {
    const file_name = `${String(id).padStart(12, '0')}.jpg`;
    const [width, height] = [8 + id, 16];
    const create = { width, height, channels: 3 as const, background: { r: id, g: 90, b: 255 - id } };
    pictures[`val2017/${file_name}`] = await sharp({ create }).jpeg().toBuffer();
    const coco_url = `http://images.cocodataset.org/val2017/${file_name}`;
    images.push({ license: 4, file_name, coco_url, height, width, id });
  }
  const annotations = {
    info: { year: 2017 },
    licenses: [{ id: 4, name: 'Attribution License' }],
    images,
    annotations: images.map(({ id }) => ({
      ...{ id: 100 + id, image_id: id, category_id: 1 + (id % 3), bbox: [1, 1, 4, 4], area: 16, iscrowd: 0 },
      segmentation: [[1, 1, 5, 1, 5, 5]],
    })),
    categories: [1, 2, 3].map((id) => ({ id, name: `class ${id}`, supercategory: 'thing' })),
  };
  const json = JSON.stringify(annotations);
  const notes = await zipOf({
    'annotations/captions_val2017.json': '{}',
    'annotations/instances_val2017.json': json,
  });
  const archive = await zipOf(pictures);
  const served = new Map<string, Uint8Array>(Object.entries(pictures));
  served.set('annotations/notes.zip', notes).set('zips/val2017.zip', archive);
  const artifact = (file: string, path: string, bytes: Uint8Array) => ({
    ...{ file, path, bytes: bytes.length, sha256: sha256(bytes), content: 'zip' as const },
    ...{ origins: ['http://127.0.0.1:1/'], knownFrom: 'this test' },
  });
  const take = 'annotations/instances_val2017.json';
  const entry = {
    name: 'coco-val2017',
    title: 'small',
    licence: 'none',
    folder: 'coco',
    split: 'val2017',
    parts: [
      {
        artifact: artifact('notes.zip', 'annotations/notes.zip', notes),
        unpack: [{ take, files: 1, bytes: json.length }],
        shared: true,
      },
      {
        artifact: artifact('val2017.zip', 'zips/val2017.zip', archive),
        unpack: [{ take: 'val2017/', files: count, bytes: archive.length }],
      },
    ],
  } as const;
  return { entry, served, annotations };
}

/** Answers with what lies at a path. */
export const filesAt =
  (served: ReadonlyMap<string, Uint8Array>): Handler =>
  ({ url }, response) => {
    const bytes = served.get(url!.slice(1));
    if (!bytes) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': bytes.length, etag: '"1"' }).end(bytes);
  };
