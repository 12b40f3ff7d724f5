import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { COCO_CLASS_NAMES, checkGroundTruth, SCENE_CATEGORIES } from '../../../datasets/index.ts';
import { sceneAnnotationEntries, sceneImageEntry } from '../../../datasets/scenes/coco-entries.ts';
import { drawScene, type Scene } from '../../../datasets/scenes/draw-scene.ts';
import { createRandom } from '../../../reference/random.ts';

const COUNT = 200;
const scenes: readonly Scene[] = Array.from({ length: COUNT }, (_, index) => drawScene(7, index));
const annotations = scenes.flatMap((scene, index) => sceneAnnotationEntries(index, scene));

/**
 * What these scenes are for good: the sample weights and their figures belong to them. Where a hash changes, the drawing has
 * changed: raise SCENES_VERSION, train the sample weights anew (datasets/sample/train.py), and write the new hashes here.
 */
const GOLDEN: readonly [seed: number, index: number, pixels: string, annotations: string][] = [
  [0, 0, '6a65f3e3ae42c191ee850eab1168adff', 'dbfb12ba61ac03b148a4e81db18f3a21'],
  [7, 0, '8740fdd62c36f109d2e9d6361802d55e', 'a11de34b8b7f9ef20188becbea1e0e3d'],
  [7, 199, '5037cd16e51fd3b02fa020234e8c0405', 'cc13fdf6afa8f0c8a9d3e5aa997a9604'],
  [32767, 131071, '10a4f48b3b8ad4b1a0096d14fdd233dc', '997c3f293f8a6fe7f28c5eecdc272d3f'],
];

const hash = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 32);

describe('drawScene', () => {
  test.each(GOLDEN)(
    'seed %i, scene %i: the same pixels and annotations as ever',
    (seed, index, pixels, entries) => {
      const scene = drawScene(seed, index);
      expect(hash(scene.image.data)).toBe(pixels);
      const { id: _, ...image } = sceneImageEntry(index, scene);
      expect(hash(JSON.stringify([image, sceneAnnotationEntries(index, scene)]))).toBe(entries);
    },
  );

  test('seed 7, scenes 0 … 199, in which everything is drawn: the same pixels as ever', () => {
    const all = createHash('sha256');
    for (const { image } of scenes) all.update(image.data);
    expect(all.digest('hex')).toBe('40685fe273b706c08c5cf9ab8d29bb5b67d2553244527cd87b472fe33579a20a');
  });

  test('a scene does not depend on what was drawn before it', () => {
    const again = drawScene(7, 3);
    expect(Buffer.compare(again.image.data, scenes[3]!.image.data)).toBe(0);
    expect(again.annotations).toEqual(scenes[3]!.annotations);
  });

  test('sizes, and pictures that are not of one colour', () => {
    for (const { image } of scenes) {
      for (const side of [image.width, image.height]) {
        expect(side).toBeGreaterThanOrEqual(192);
        expect(side).toBeLessThanOrEqual(320);
      }
      expect(image.data).toHaveLength(image.width * image.height * 3);
      expect(new Set(image.data.subarray(0, 6000)).size).toBeGreaterThan(16);
    }
    expect(new Set(scenes.map(({ image }) => `${image.width}×${image.height}`)).size).toBeGreaterThan(150);
  });

  test('boxes are whole pixels inside the picture, and hold the mask, whose pixels are the area', () => {
    scenes.forEach((scene, index) => {
      for (const { bbox, area, segmentation } of sceneAnnotationEntries(index, scene)) {
        const [x, y, width, height] = bbox;
        expect(bbox.every(Number.isInteger)).toBe(true);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(scene.image.width);
        expect(y + height).toBeLessThanOrEqual(scene.image.height);
        expect(area).toBeGreaterThan(0);
        expect(area).toBeLessThanOrEqual(width * height);
        expect(segmentation.size).toEqual([scene.image.height, scene.image.width]);
        const inside = segmentation.counts.reduce((sum, count, i) => sum + (i % 2 === 1 ? count : 0), 0);
        const all = segmentation.counts.reduce((sum, count) => sum + count, 0);
        expect(inside).toBe(area);
        expect(all).toBe(scene.image.width * scene.image.height);
      }
    });
  });

  test('no two masks share a pixel: what is covered belongs to what covers it', () => {
    for (const { annotations } of scenes) {
      let masks = 0;
      const taken = new Set<number>();
      for (const { runLengths, area } of annotations) {
        masks += area;
        let at = 0;
        runLengths.counts.forEach((count, i) => {
          if (i % 2 === 1) for (let k = at; k < at + count; k++) taken.add(k);
          at += count;
        });
      }
      expect(taken.size).toBe(masks);
    }
  });

  test('ids are unique, every category and area class occurs often, and so do crowds and objects behind others', () => {
    expect(new Set(annotations.map(({ id }) => id)).size).toBe(annotations.length);
    for (const { id } of SCENE_CATEGORIES) {
      expect(annotations.filter(({ category_id }) => category_id === id).length).toBeGreaterThan(20);
    }
    const single = annotations.filter(({ iscrowd }) => iscrowd === 0);
    const small = single.filter(({ area }) => area < 32 ** 2).length;
    const large = single.filter(({ area }) => area > 96 ** 2).length;
    expect(small).toBeGreaterThan(100);
    expect(large).toBeGreaterThan(40);
    expect(single.length - small - large).toBeGreaterThan(100);
    expect(annotations.length - single.length).toBeGreaterThan(10);
  });

  test('categories have their COCO names and ids, and the health check finds nothing', () => {
    for (const { name } of SCENE_CATEGORIES) expect(COCO_CLASS_NAMES).toContain(name);
    const ids = SCENE_CATEGORIES.map(({ id }) => id);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    const images = scenes.map((scene, index) => sceneImageEntry(index, scene));
    expect(checkGroundTruth({ images, categories: SCENE_CATEGORIES, annotations })).toEqual([]);
  });

  test('seed and index outside their ranges are refused: two scenes would begin from one state', () => {
    expect(() => drawScene(32_768, 0)).toThrow(RangeError);
    expect(() => drawScene(-1, 0)).toThrow(RangeError);
    expect(() => drawScene(0, 131_072)).toThrow(RangeError);
    expect(() => drawScene(0, 0.5)).toThrow(RangeError);
    expect(() => createRandom(32_767 * 131_072 + 131_071)).not.toThrow();
  });
});
