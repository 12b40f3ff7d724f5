import { describe, expect, test } from 'vitest';
import { DatasetError, selectSubset } from '../../datasets/index.ts';
import type { CocoAnnotation, CocoGroundTruth } from '../../reference/evaluate/coco-ground-truth.ts';
import { createRandom } from '../../reference/random.ts';

const CATEGORIES = 30;

/** As COCO: a few categories in most images, many in few, several objects together, some images without any. */
function makeGroundTruth(imageCount: number, seed: number): CocoGroundTruth {
  const random = createRandom(seed);
  const annotations: CocoAnnotation[] = [];
  for (let image = 1; image <= imageCount; image++) {
    if (random.next() < 0.05) continue;
    const kinds = 1 + random.integer(4);
    for (let kind = 0; kind < kinds; kind++) {
      const category_id = 1 + Math.floor(CATEGORIES * random.next() ** 3);
      for (let copies = 1 + random.integer(5); copies > 0; copies--) {
        annotations.push({
          id: annotations.length + 1,
          image_id: image,
          category_id,
          bbox: [0, 0, 5, 5],
          area: 25,
          iscrowd: 0,
        });
      }
    }
  }
  return {
    images: Array.from({ length: imageCount }, (_, i) => ({
      id: i + 1,
      file_name: `${i + 1}.jpg`,
      width: 9,
      height: 9,
    })),
    categories: Array.from({ length: CATEGORIES }, (_, i) => ({ id: i + 1, name: `c${i + 1}` })),
    annotations,
  };
}

/** Share of each category among the annotations, and of the empty images among the images. */
function shares({ images, annotations }: CocoGroundTruth): number[] {
  const counts = new Array<number>(CATEGORIES + 1).fill(0);
  for (const { category_id } of annotations) counts[category_id] += 1 / annotations.length;
  const filled = new Set(annotations.map(({ image_id }) => image_id));
  counts[0] = (images.length - filled.size) / images.length;
  return counts;
}

function distance(a: CocoGroundTruth, b: CocoGroundTruth): number {
  const [p, q] = [shares(a), shares(b)];
  return p.reduce((sum, share, i) => sum + Math.abs(share - q[i]), 0);
}

const idsOf = ({ images }: CocoGroundTruth) => images.map(({ id }) => id);

describe('selectSubset by count and seed', () => {
  test.each([1, 2, 17, 100, 199, 200])(
    '%i of 200 images: exactly so many, ascending, with their annotations',
    (count) => {
      const all = makeGroundTruth(200, 1);
      const subset = selectSubset(all, { count, seed: 3 });
      expect(subset.images).toHaveLength(count);
      expect(new Set(idsOf(subset)).size).toBe(count);
      expect(idsOf(subset)).toEqual([...idsOf(subset)].sort((a, b) => a - b));
      const taken = new Set(idsOf(subset));
      expect(subset.annotations).toEqual(all.annotations.filter(({ image_id }) => taken.has(image_id)));
      expect(subset.categories).toEqual(all.categories);
    },
  );

  test('depends on ids and seed, not on the order of the file', () => {
    const all = makeGroundTruth(300, 2);
    const random = createRandom(9);
    const shuffled: CocoGroundTruth = {
      images: random.shuffle([...all.images]),
      categories: random.shuffle([...all.categories]),
      annotations: random.shuffle([...all.annotations]),
    };
    const first = idsOf(selectSubset(all, { count: 40, seed: 5 }));
    expect(idsOf(selectSubset(shuffled, { count: 40, seed: 5 }))).toEqual(first);
    expect(idsOf(selectSubset(all, { count: 40, seed: 6 }))).not.toEqual(first);
  });

  test.each([
    [50, 0.5],
    [100, 0.4],
    [500, 0.25],
  ])(
    '%i of 1000 images: the mix is nearer to the whole than by plain chance, to less than %d of the distance',
    (count, part) => {
      const all = makeGroundTruth(1000, 4);
      let stratified = 0;
      let plain = 0;
      for (let seed = 0; seed < 20; seed++) {
        stratified += distance(selectSubset(all, { count, seed }), all);
        const images = createRandom(seed).shuffle(idsOf(all)).slice(0, count);
        plain += distance(selectSubset(all, { images }), all);
      }
      expect(stratified / plain).toBeLessThan(part);
    },
  );

  test('over many seeds every image has its turn', () => {
    const all = makeGroundTruth(200, 7);
    const turns = new Map<number, number>();
    for (let seed = 0; seed < 400; seed++)
      for (const id of idsOf(selectSubset(all, { count: 50, seed }))) turns.set(id, (turns.get(id) ?? 0) + 1);
    expect(turns.size).toBe(200);
    // By plain chance each would have about 100.
    expect(Math.min(...turns.values())).toBeGreaterThan(25);
    expect(Math.max(...turns.values())).toBeLessThan(220);
  });

  test.each([0, -1, 1.5, Number.NaN])('a count of %s is a wrong argument', (count) => {
    expect(() => selectSubset(makeGroundTruth(5, 1), { count, seed: 0 })).toThrow(RangeError);
  });

  test('more than there are is refused, with both numbers', () => {
    expect(() => selectSubset(makeGroundTruth(5, 1), { count: 6, seed: 0 })).toThrow(
      /cannot select 6 images: the annotation file has 5/,
    );
    expect(() => selectSubset(makeGroundTruth(5, 1), { count: 1, seed: -1 })).toThrow(RangeError);
  });
});

describe('selectSubset by names', () => {
  const all = makeGroundTruth(20, 3);

  test('ids as numbers or text, and file names, each once', () => {
    expect(idsOf(selectSubset(all, { images: [7, '3.jpg', '5', '7.jpg'] }))).toEqual([3, 5, 7]);
  });

  test('a file name goes before an id that reads the same', () => {
    const odd = { ...all, images: [...all.images, { id: 99, file_name: '5', width: 9, height: 9 }] };
    expect(idsOf(selectSubset(odd, { images: ['5'] }))).toEqual([99]);
  });

  test('an unknown image, or none, is refused', () => {
    expect(() => selectSubset(all, { images: [21] })).toThrow(
      /cannot select the image 21: .* no image with this id;/,
    );
    expect(() => selectSubset(all, { images: ['x.jpg'] })).toThrow(
      /the image x\.jpg: .* no image with this id or file/,
    );
    expect(() => selectSubset(all, { images: [] })).toThrow(DatasetError);
  });
});
