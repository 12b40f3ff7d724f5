import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchedNms, NMS_DIALECTS, nms } from '../../../reference/postprocess/index.ts';
import { orderByScore } from '../../../reference/postprocess/order-by-score.ts';
import { stdSortDescending } from '../../../reference/postprocess/std-sort.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { iouOf, movedApart, slowClassByClass, slowNms, slowTrick } from './slow-nms.ts';

const f = Math.fround;

/** Boxes that overlap a lot, reach below 0, are sometimes empty or turned; scores with many ties. */
const problem = (coordinate: fc.Arbitrary<number>) =>
  fc
    .array(
      fc.tuple(
        coordinate,
        coordinate,
        fc.integer({ min: -1, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        fc.nat(7),
        fc.nat(4),
      ),
      { maxLength: 60 },
    )
    .map((list) => ({
      boxes: Float32Array.from(list.flatMap(([x, y, w, h]) => [x, y, f(x + w), f(y + h)])),
      scores: Float32Array.from(list, (box) => box[4] / 7),
      classes: Uint16Array.from(list, (box) => box[5] * box[5]),
    }));

const nearOnes = problem(fc.integer({ min: -60, max: 60 }));
/** So far out that moving boxes apart by class rounds their coordinates. */
const farOnes = problem(fc.float({ min: -1e6, max: 1e6, noNaN: true }));
/** A share of a pixel wide, where `greatest + 1` and the moved coordinates lose bits. */
const tinyOnes = problem(fc.float({ min: 0, max: 1, noNaN: true })).map((p) => ({
  ...p,
  boxes: p.boxes.map((x, i) => (i % 4 < 2 ? x : f(p.boxes[i - 2]! + f((x - p.boxes[i - 2]!) / 37)))),
}));
const problems = fc.oneof(nearOnes, farOnes, tinyOnes);
const threshold = fc.constantFrom(0, 0.1, 0.3, 0.45, 0.5, 0.65, 1);

/** Every IoU of the boxes as a threshold: there the last bit of each operation decides. */
function exactThresholds(boxes: Float32Array): number[] {
  const found = new Set<number>();
  for (let i = 0; i < boxes.length / 4; i++) {
    for (let j = 0; j < i; j++) {
      const iou = iouOf(boxes, i, j);
      if (iou > 0 && iou <= 1) found.add(iou);
    }
  }
  return [...found].slice(0, 20);
}

describe('nms, torchvision dialect: stable order, IoU > threshold, no +1', () => {
  it('equals the plain kernel', () => {
    fc.assert(
      fc.property(problems, threshold, ({ boxes, scores }, t) => {
        expect([...nms(boxes, scores, t)]).toEqual(slowNms(boxes, scores, t));
      }),
      { numRuns: 300 },
    );
  });

  it('rounds each operation to float32: thresholds that equal an IoU of the boxes', () => {
    fc.assert(
      fc.property(problems, ({ boxes, scores, classes }) => {
        for (const t of exactThresholds(boxes)) {
          expect([...nms(boxes, scores, t)]).toEqual(slowNms(boxes, scores, t));
        }
        for (const t of exactThresholds(movedApart(boxes, classes))) {
          expect([...batchedNms(boxes, scores, classes, t, 'coordinate-trick')]).toEqual(
            slowTrick(boxes, scores, classes, t),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a box whose IoU equals the threshold, and boxes without a surface', () => {
    expect([...nms(Float32Array.of(0, 0, 2, 2, 0, 0, 2, 1), Float32Array.of(1, 0.5), 0.5)]).toEqual([0, 1]);
    expect([...nms(Float32Array.of(0, 0, 2, 2, 0, 0, 2, 1), Float32Array.of(1, 0.5), 0.49)]).toEqual([0]);
    expect([...nms(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1), Float32Array.of(1, 0.5), 0)]).toEqual([0, 1]);
    expect([...nms(new Float32Array(0), new Float32Array(0), 0.5)]).toEqual([]);
  });

  it('refuses lengths that do not fit and thresholds outside 0 … 1', () => {
    expect(() => nms(new Float32Array(5), new Float32Array(1), 0.5)).toThrow(RangeError);
    for (const t of [-0.1, 1.1, Number.NaN]) {
      expect(() => nms(new Float32Array(4), new Float32Array(1), t)).toThrow(RangeError);
    }
    expect(() => batchedNms(new Float32Array(4), new Float32Array(1), new Uint16Array(2), 0.5)).toThrow(
      RangeError,
    );
  });
});

describe('batchedNms', () => {
  it('coordinate-trick: leaving out classes out of reach equals one plain pass over the moved boxes', () => {
    fc.assert(
      fc.property(problems, threshold, ({ boxes, scores, classes }, t) => {
        expect([...batchedNms(boxes, scores, classes, t, 'coordinate-trick')]).toEqual(
          slowTrick(boxes, scores, classes, t),
        );
        expect([...batchedNms(boxes, scores, classes, t, 'torchvision-0.4')]).toEqual(
          slowTrick(boxes, scores, classes, f(t)),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('class-by-class: the survivors of each class alone, descending by score', () => {
    fc.assert(
      fc.property(problems, threshold, ({ boxes, scores, classes }, t) => {
        const kept = [...batchedNms(boxes, scores, classes, t, 'class-by-class')];
        expect(new Set(kept)).toEqual(slowClassByClass(boxes, scores, classes, t));
        expect(kept.map((i) => scores[i])).toEqual(kept.map((i) => scores[i]).sort((a, b) => b! - a!));
      }),
      { numRuns: 300 },
    );
  });

  it('class-agnostic: boxes of all classes suppress each other', () => {
    fc.assert(
      fc.property(nearOnes, threshold, ({ boxes, scores, classes }, t) => {
        expect([...batchedNms(boxes, scores, classes, t, 'class-agnostic')]).toEqual(
          slowNms(boxes, scores, t),
        );
      }),
    );
  });

  it('torchvision-0.4 compares with the threshold in float32: 0.6 there is just above 0.6', () => {
    // 3 of 5 cells: the float32 quotient is the float32 nearest to 0.6, which is greater than the float64 one.
    const boxes = Float32Array.of(0, 0, 5, 1, 0, 0, 3, 1);
    const scores = Float32Array.of(1, 0.5);
    expect([...batchedNms(boxes, scores, new Uint16Array(2), 0.6, 'torchvision')]).toEqual([0]);
    expect([...batchedNms(boxes, scores, new Uint16Array(2), 0.6, 'torchvision-0.4')]).toEqual([0, 1]);
  });

  it('torchvision changes from the trick to class by class above 1,000 boxes', () => {
    // Two boxes of one class whose IoU of 0.5 the far offset of class 60000 rounds to something else.
    const make = (count: number) => {
      const boxes = new Float32Array(count * 4);
      const scores = new Float32Array(count).fill(0.001);
      const classes = new Uint16Array(count);
      for (let i = 2; i < count; i++) {
        boxes.set([i * 10, 0, i * 10 + 1, 1], i * 4);
      }
      boxes.set([0, 0, 0.9, 0.9, 0.2, 0, 0.9, 0.9]);
      scores.set([1, 0.5]);
      classes.set([60000, 60000]);
      return [boxes, scores, classes] as const;
    };
    for (const count of [1000, 1001]) {
      const args = make(count);
      const trick = batchedNms(...args, 0.5, 'coordinate-trick');
      const each = batchedNms(...args, 0.5, 'class-by-class');
      expect(trick.length).not.toBe(each.length);
      expect(batchedNms(...args, 0.5)).toEqual(count > 1000 ? each : trick);
    }
  });

  it('gives nothing for no boxes in every dialect', () => {
    for (const dialect of NMS_DIALECTS) {
      expect(
        batchedNms(new Float32Array(0), new Float32Array(0), new Uint16Array(0), 0.5, dialect).length,
      ).toBe(0);
    }
  });
});

describe('orderByScore', () => {
  it('is the stable order by descending score, negative and zero scores too', () => {
    const score = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 0.5, -0.5));
    fc.assert(
      fc.property(fc.array(score, { maxLength: 80 }), (list) => {
        const scores = Float32Array.from(list);
        const expected = [...scores.keys()].sort((a, b) =>
          scores[a] === scores[b] ? a - b : scores[a]! < scores[b]! ? 1 : -1,
        );
        expect([...orderByScore(scores)]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('stdSortDescending', () => {
  const { cases } = JSON.parse(
    readFileSync(new URL('../../golden/postprocess/std-sort.json', import.meta.url), 'utf8'),
  ) as { cases: { kind: string; scores: number[]; order: number[] }[] };
  it(`orders equal scores as std::sort of libstdc++ does, heap sort included: ${cases.length} lists`, () => {
    expect(cases.length).toBeGreaterThan(50);
    for (const { scores, order } of cases) {
      const own = Uint32Array.from(scores.keys());
      stdSortDescending(Float32Array.from(scores), own);
      expect([...own]).toEqual(order);
    }
  });
});

interface GoldenSet {
  boxes: number[][];
  scores: number[];
  class_index: number[];
  iou_threshold: number;
  nms_keep: number[];
  batched_nms_keep: number[];
  coordinate_trick_keep: number[];
  class_by_class_keep: number[];
}

describe.skipIf(!hasShared)('against torchvision', () => {
  it('keeps the same indices in the same order in all 68 sets: nms, batched_nms, and both its ways', () => {
    const sets = JSON.parse(
      readFileSync(sharedPath('golden', 'nms', 'torchvision_nms.json'), 'utf8'),
    ) as GoldenSet[];
    expect(sets.length).toBe(68);
    for (const set of sets) {
      const boxes = Float32Array.from(set.boxes.flat());
      const scores = Float32Array.from(set.scores);
      const classes = Uint16Array.from(set.class_index);
      const t = set.iou_threshold;
      expect([...nms(boxes, scores, t)]).toEqual(set.nms_keep);
      expect([...batchedNms(boxes, scores, classes, t)]).toEqual(set.batched_nms_keep);
      expect([...batchedNms(boxes, scores, classes, t, 'coordinate-trick')]).toEqual(
        set.coordinate_trick_keep,
      );
      expect([...batchedNms(boxes, scores, classes, t, 'class-by-class')]).toEqual(set.class_by_class_keep);
    }
  });
});
