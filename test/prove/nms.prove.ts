import { describe, expect, it } from 'vitest';
import { batchedNms, nms } from '../../reference/postprocess/index.ts';
import { createRandom } from '../../reference/random.ts';
import { slowClassByClass, slowNms, slowTrick } from '../reference/postprocess/slow-nms.ts';

describe('NMS against the plain kernel on 3,000 crowds of up to 400 boxes', () => {
  it('keeps the same indices in every dialect', () => {
    const random = createRandom(20240501);
    for (let round = 0; round < 3000; round++) {
      const count = 1 + random.integer(400);
      const classCount = 1 + random.integer(12);
      // From a share of a pixel to far beyond where float32 still counts pixels.
      const size = 10 ** (random.integer(9) - 1);
      const levels = 1 + random.integer(1000);
      const boxes = new Float32Array(count * 4);
      for (let i = 0; i < count; i++) {
        const x = (random.next() - 0.2) * size;
        const y = (random.next() - 0.2) * size;
        boxes.set([x, y, x + (random.next() - 0.02) * size * 0.5, y + random.next() * size * 0.5], i * 4);
      }
      const scores = Float32Array.from({ length: count }, () => random.integer(levels) / levels);
      const classes = Uint16Array.from({ length: count }, () => random.integer(classCount) ** 2);
      const t = random.next();
      expect([...nms(boxes, scores, t)]).toEqual(slowNms(boxes, scores, t));
      expect([...batchedNms(boxes, scores, classes, t, 'coordinate-trick')]).toEqual(
        slowTrick(boxes, scores, classes, t),
      );
      expect(new Set(batchedNms(boxes, scores, classes, t, 'class-by-class'))).toEqual(
        slowClassByClass(boxes, scores, classes, t),
      );
    }
  });
});
