import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DatasetError, readGroundTruth, readResults } from '../../datasets/index.ts';
import { hasShared, sharedPath } from '../support/shared.ts';
import { scratchFolder } from './scratch.ts';
import { smallGroundTruth } from './small-ground-truth.ts';

async function fileWith(content: string | Uint8Array): Promise<string> {
  return join(await scratchFolder({ 'file.json': content }), 'file.json');
}

async function groundTruthError(content: string | Uint8Array): Promise<string> {
  const path = await fileWith(content);
  const error = await readGroundTruth(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatasetError);
  const { message } = error as DatasetError;
  expect(message).toContain(path);
  expect(message).not.toContain('\n');
  return message;
}

type Spoilt = ReturnType<typeof smallGroundTruth> & Record<string, unknown>;

/** The small ground truth with one change made to it, as JSON. */
function spoilt(change: (groundTruth: Spoilt) => void): string {
  const groundTruth: Spoilt = smallGroundTruth();
  change(groundTruth);
  return JSON.stringify(groundTruth);
}

describe('readGroundTruth', () => {
  test('keeps what an evaluation of boxes needs, and no segmentation', async () => {
    const groundTruth = await readGroundTruth(await fileWith(JSON.stringify(smallGroundTruth())));
    const expected = smallGroundTruth();
    Reflect.deleteProperty(expected.annotations[0], 'segmentation');
    expect(groundTruth).toStrictEqual(expected);
  });

  test('a byte-order mark, booleans for iscrowd, and a missing iscrowd are accepted', async () => {
    const text = spoilt(({ annotations }) => {
      Object.assign(annotations[0], { iscrowd: true, ignore: false });
      Reflect.deleteProperty(annotations[1], 'iscrowd');
    });
    const { annotations } = await readGroundTruth(await fileWith(`\ufeff${text}`));
    expect(annotations.map(({ iscrowd, ignore }) => [iscrowd, ignore])).toEqual([
      [1, 0],
      [0, undefined],
      [0, 1],
    ]);
  });

  test.each<[string, (groundTruth: Spoilt) => void, RegExp]>([
    [
      'no box',
      (g) => Reflect.deleteProperty(g.annotations[1], 'bbox'),
      /annotations\[1\]\.bbox is missing and must be 4 finite/,
    ],
    ['short box', (g) => g.annotations[2].bbox.pop(), /annotations\[2\]\.bbox is \[5\.5, 5, 2\]/],
    [
      'text in box',
      (g) => g.annotations[0].bbox.splice(0, 1, '1' as never),
      /annotations\[0\]\.bbox is \["1", 2, 3, 4\]/,
    ],
    [
      'null in box',
      (g) => g.annotations[0].bbox.splice(0, 1, Number.NaN),
      /annotations\[0\]\.bbox is \[null, 2, 3, 4\]/,
    ],
    [
      'text id',
      (g) => Object.assign(g.images[1], { id: '2' }),
      /images\[1\]\.id is "2" and must be an integer/,
    ],
    [
      'fraction id',
      (g) => Object.assign(g.annotations[1], { image_id: 1.5 }),
      /annotations\[1\]\.image_id is 1\.5/,
    ],
    [
      'huge id',
      (g) => Object.assign(g.annotations[1], { id: 2 ** 60 }),
      /annotations\[1\]\.id is 1152921504606847000 and must be an integer of less than/,
    ],
    [
      'no file name',
      (g) => Object.assign(g.images[0], { file_name: '' }),
      /images\[0\]\.file_name is "" and must be a text/,
    ],
    [
      'no width',
      (g) => Object.assign(g.images[2], { width: 0 }),
      /images\[2\]\.width is 0 and must be a positive integer/,
    ],
    ['no area', (g) => Reflect.deleteProperty(g.annotations[0], 'area'), /annotations\[0\]\.area is missing/],
    [
      'iscrowd 2',
      (g) => Object.assign(g.annotations[0], { iscrowd: 2 }),
      /annotations\[0\]\.iscrowd is 2 and must be 0 or 1/,
    ],
    [
      'null entry',
      (g) => g.annotations.splice(1, 1, null as never),
      /annotations\[1\] is null and must be an object/,
    ],
    ['no categories', (g) => Reflect.deleteProperty(g, 'categories'), /it has no "categories"/],
    ['images an object', (g) => Object.assign(g, { images: {} }), /its "images" is an object/],
    [
      'nameless category',
      (g) => Reflect.deleteProperty(g.categories[1], 'name'),
      /categories\[1\]\.name is missing/,
    ],
  ])('%s: the message names the entry', async (_, change, message) => {
    expect(await groundTruthError(spoilt(change))).toMatch(message);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ['empty', '', /it is empty/],
    ['white space', ' \n ', /nothing but white space/],
    ['a results file', '[]', /it is an array, as results files are/],
    ['a number', '3', /the top level is 3 and must be an object/],
    ['null', 'null', /the top level is null/],
    ['NaN', '{\n"images": [{"NaN": "NaN", "w": NaN}]}', /line 2 has NaN, which Python writes/],
    ['-Infinity', '{"a": [1,\n\n-Infinity]}', /line 3 has -Infinity, which Python writes/],
    ['cut off', spoilt(() => {}).slice(0, -20), /it ends in the middle of the data after \d+ characters/],
    ['cut off in a text', '{"images": [{"file_name": "a.pn', /it ends in the middle of the data/],
    ['not JSON', '{images: []}', /it is not JSON/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), /compressed with gzip; unpack it/],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0), /UTF-16; save it as UTF-8/],
    ['Latin-1', Uint8Array.of(0x7b, 0x22, 0xe4, 0x22, 0x7d), /it is not UTF-8 text/],
    [
      'a list twice',
      '{"images": [], "annotations": [{"id": 1}], "annotations": []}',
      /key "annotations" stands in it twice/,
    ],
    ['nesting without end', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, /it is an array/],
    [
      'deep value',
      `{"images": [${'['.repeat(50_000)}${']'.repeat(50_000)}]}`,
      /images\[0\] is an array of 1/,
    ],
  ])('%s is refused with one sentence', async (_, content, message) => {
    expect(await groundTruthError(content)).toMatch(message);
  });

  test('a key that stands twice in one entry has its last value, as in Python', async () => {
    const text = spoilt(() => {}).replace('"id":11,', '"id":99,"id":11,');
    const { annotations } = await readGroundTruth(await fileWith(text));
    expect(annotations[0].id).toBe(11);
  });

  test('a name of a list that is also a value somewhere does no harm', async () => {
    const text = spoilt(({ categories }) =>
      Object.assign(categories[0], { name: 'images', images: 'annotations' }),
    );
    expect((await readGroundTruth(await fileWith(text))).categories[0].name).toBe('images');
  });

  test('a path without a file, or to a folder', async () => {
    const dir = await scratchFolder();
    await expect(readGroundTruth(join(dir, 'none.json'))).rejects.toThrow(
      /none\.json: there is no such file/,
    );
    await expect(readGroundTruth(dir)).rejects.toThrow(/it is a folder/);
  });
});

describe('readResults', () => {
  const good = { image_id: 1, category_id: 3, bbox: [1, 2, 3, 4], score: 0.5, segmentation: [] };

  test('keeps the four fields; an empty file is one without detections', async () => {
    const { segmentation, ...kept } = good;
    expect(segmentation).toEqual([]);
    expect(await readResults(await fileWith(JSON.stringify([good])))).toStrictEqual([kept]);
    expect(await readResults(await fileWith('[]'))).toEqual([]);
  });

  test.each<[unknown, RegExp]>([
    [[good, { ...good, score: null }], /\[1\]\.score is null and must be a finite number/],
    [[{ ...good, bbox: undefined }], /\[0\]\.bbox is missing/],
    [[{ ...good, image_id: 'x' }], /\[0\]\.image_id is "x"/],
    [[[1]], /\[0\] is \[1\] and must be an object/],
    [smallGroundTruth(), /it is an annotation file; a results file is an array/],
    ['text', /its top level is "text"/],
  ])('%j is refused', async (value, message) => {
    await expect(readResults(await fileWith(JSON.stringify(value)))).rejects.toThrow(message);
  });

  test('NaN scores are named with their line', async () => {
    const path = await fileWith('[\n{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": NaN}]');
    await expect(readResults(path)).rejects.toThrow(/line 2 has NaN/);
  });

  test.skipIf(!hasShared)('reads the golden results', async () => {
    const results = await readResults(
      sharedPath('golden', 'postprocess', 'nano_416_conf0001_nms065_coco_results.json'),
    );
    expect(results.length).toBeGreaterThan(1000);
  });
});
