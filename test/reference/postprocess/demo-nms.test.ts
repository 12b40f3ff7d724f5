import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoMulticlassNms, demoNms } from '../../../reference/postprocess/index.ts';

const f = Math.fround;

/** The numpy form: the rest of the list shrinks after each kept box. */
function slowDemoNms(boxes: number[][], scores: number[], threshold: number): number[] {
  let order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || b - a);
  const kept: number[] = [];
  const area = (b: number[]) => f(f(f(b[2]! - b[0]!) + 1) * f(f(b[3]! - b[1]!) + 1));
  while (order.length > 0) {
    const [i, ...rest] = order as [number, ...number[]];
    kept.push(i);
    const a = boxes[i]!;
    order = rest.filter((j) => {
      const b = boxes[j]!;
      const w = Math.max(0, f(f(Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!)) + 1));
      const h = Math.max(0, f(f(Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!)) + 1));
      const inter = f(w * h);
      return f(inter / f(f(area(a) + area(b)) - inter)) <= f(threshold);
    });
  }
  return kept;
}

const coordinate = fc.float({ min: -20, max: 60, noNaN: true });
const box = fc
  .tuple(
    coordinate,
    coordinate,
    fc.float({ min: 0, max: 40, noNaN: true }),
    fc.float({ min: 0, max: 40, noNaN: true }),
  )
  .map(([x, y, w, h]) => [x, y, f(x + w), f(y + h)]);
const threshold = fc.constantFrom(0, 0.1, 0.45, 0.65, 1);
const level = fc.nat(8).map((n) => n / 8);

describe("demoNms, the demo's dialect: +1 widths, keeps IoU <= threshold", () => {
  it('equals the shrinking list', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(box, level), { maxLength: 40 }), threshold, (list, t) => {
        const boxes = list.map(([b]) => b);
        const scores = list.map(([, s]) => s);
        expect([...demoNms(Float32Array.from(boxes.flat()), Float32Array.from(scores), t)]).toEqual(
          slowDemoNms(boxes, scores, t),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a box whose IoU with +1 equals the threshold', () => {
    // [0,0,3,0] is 4 pixels wide and [0,0,1,0] 2: IoU 0.5.
    const boxes = Float32Array.of(0, 0, 3, 0, 0, 0, 1, 0);
    expect([...demoNms(boxes, Float32Array.of(1, 0.5), 0.5)]).toEqual([0, 1]);
    expect([...demoNms(boxes, Float32Array.of(1, 0.5), 0.49)]).toEqual([0]);
  });
});

describe('demoMulticlassNms', () => {
  const boxes = Float32Array.of(0, 0, 9, 9, 0, 0, 9, 9, 50, 50, 59, 59);
  const scores = Float32Array.of(0.9, 0.5, 0.6, 0.8, 0.25, 0.25);

  it('class-agnostic: each box with its best class, score > conf', () => {
    const found = demoMulticlassNms(boxes, scores, 2, { conf: 0.25, nms: 0.45 });
    expect([...found.boxIndices]).toEqual([0]);
    const lower = demoMulticlassNms(boxes, scores, 2, { conf: 0.24, nms: 0.45 });
    expect([...lower.boxIndices]).toEqual([0, 2]);
    expect([...lower.classIndices]).toEqual([0, 0]);
    expect([...lower.scores]).toEqual([f(0.9), 0.25]);
  });

  it('class-aware: class after class, one box may come out under several', () => {
    const found = demoMulticlassNms(boxes, scores, 2, { conf: 0.24, nms: 0.45, classAgnostic: false });
    expect([...found.boxIndices]).toEqual([0, 2, 1, 2]);
    expect([...found.classIndices]).toEqual([0, 0, 1, 1]);
  });

  it('refuses scores that do not fit', () => {
    expect(() => demoMulticlassNms(boxes, scores, 3, { conf: 0.1, nms: 0.5 })).toThrow(RangeError);
  });
});
