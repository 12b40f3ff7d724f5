import { describe, expect, test } from 'vitest';
import { SCENE_CATEGORIES } from '../../../../datasets/index.ts';
import { OPAQUE, renderLayer } from '../../../../datasets/scenes/layer.ts';
import { SCENE_OBJECTS } from '../../../../datasets/scenes/objects/index.ts';
import { createRandom } from '../../../../reference/random.ts';

const RADIUS = 40;
const UPRIGHT = { radius: RADIUS, turn: 0, stretch: 1, mirrored: false };
const layers = (name: keyof typeof SCENE_OBJECTS) =>
  Array.from({ length: 40 }, (_, seed) =>
    renderLayer(SCENE_OBJECTS[name].draw(createRandom(seed)).shapes, UPRIGHT, 0, 0),
  );

describe('what is drawn of each category', () => {
  test.each(SCENE_CATEGORIES.map(({ name }) => name))(
    '%s: about a unit around its middle, and mostly solid',
    (name) => {
      for (const { width, height, originX, originY, pixels } of layers(name)) {
        for (const reach of [originX, originY, width - originX, height - originY]) {
          expect(reach).toBeGreaterThan(0);
          expect(reach).toBeLessThanOrEqual(1.65 * RADIUS);
        }
        const solid = pixels.filter((value, i) => i % 4 === 3 && value >= OPAQUE).length;
        expect(solid).toBeGreaterThan(0.2 * width * height);
      }
    },
  );

  test('no seam or patch of a ball sticks out of it', () => {
    for (const { width, originX, originY, pixels } of layers('sports ball')) {
      const reach = [...pixels.keys()].map((i) => {
        if (i % 4 !== 3 || pixels[i]! < OPAQUE) return 0;
        const pixel = (i - 3) / 4;
        return Math.hypot((pixel % width) + 0.5 - originX, Math.floor(pixel / width) + 0.5 - originY);
      });
      expect(Math.max(...reach)).toBeLessThan(RADIUS + 0.5);
    }
  });
});
