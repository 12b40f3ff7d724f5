import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CocoResult } from '../../../reference/detections.ts';
import { CompactResults } from '../../../reference/evaluate/index.ts';

const float32 = fc.float({ noNaN: true });
const result = fc.record({
  image_id: fc.integer({ min: 0, max: 2 ** 40 }),
  category_id: fc.integer({ min: 0, max: 90 }),
  bbox: fc.tuple(float32, float32, float32, float32),
  score: float32,
});

describe('results in columns', () => {
  test('hold what was put in, in its order, however it was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.array(result, { maxLength: 20 }), { maxLength: 10 }), (batches) => {
        const compact = new CompactResults();
        for (const batch of batches) compact.push(batch);
        const all = batches.flat();
        expect(compact.length).toBe(all.length);
        expect(all.map((_, index) => compact.at(index))).toEqual(all);
        expect(compact.at(all.length)).toBeUndefined();
        expect(compact.at(-1)).toBeUndefined();
      }),
    );
  });

  test('go on over the end of a piece', () => {
    const of = (id: number): CocoResult => ({
      image_id: id,
      category_id: 1,
      bbox: [id, 0, 1, 1],
      score: 0.5,
    });
    const compact = new CompactResults();
    const count = 40_000;
    compact.push(Array.from({ length: count }, (_, id) => of(id)));
    for (const id of [0, 16_383, 16_384, 32_767, 32_768, count - 1]) expect(compact.at(id)).toEqual(of(id));
  });

  test('refuse numbers that a float32 column would change, and keep none of them', () => {
    const compact = new CompactResults();
    const good: CocoResult = { image_id: 1, category_id: 1, bbox: [0, 0, 1, 1], score: 0.5 };
    expect(() => compact.push([{ ...good, score: 0.1 }])).toThrow(/image 1.*score 0\.1 must be float32/);
    expect(() => compact.push([{ ...good, bbox: [0.1, 0, 1, 1] }])).toThrow(RangeError);
    expect(compact.length).toBe(0);
    compact.push([good]);
    expect(compact.at(0)).toEqual(good);
  });
});
