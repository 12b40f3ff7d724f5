import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxIou } from '../../reference/iou.ts';

const iou = (a: number[], b: number[]): number => boxIou(a, 0, b, 0);

/** Counts the unit cells that both boxes, and that either box, covers. */
function oracle(a: number[], b: number[]): number {
  let both = 0;
  let either = 0;
  for (let x = 0; x < 12; x++) {
    for (let y = 0; y < 12; y++) {
      const inA = x >= a[0]! && x < a[2]! && y >= a[1]! && y < a[3]!;
      const inB = x >= b[0]! && x < b[2]! && y >= b[1]! && y < b[3]!;
      if (inA && inB) both++;
      if (inA || inB) either++;
    }
  }
  return either === 0 ? 0 : both / either;
}

const box = fc
  .tuple(fc.nat(6), fc.nat(6), fc.nat(6), fc.nat(6))
  .map(([x, y, w, h]): number[] => [x, y, x + w, y + h]);

describe('boxIou', () => {
  it('is the share of covered cells, width x2 − x1', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(iou(a, b)).toBeCloseTo(oracle(a, b), 12);
      }),
    );
  });

  it('is 0 for boxes that only touch and for two empty boxes', () => {
    expect(iou([0, 0, 2, 2], [2, 0, 4, 2])).toBe(0);
    expect(iou([1, 1, 1, 1], [1, 1, 1, 1])).toBe(0);
  });

  it('reads boxes at stride 4', () => {
    expect(boxIou([9, 9, 9, 9, 0, 0, 2, 2], 1, [0, 0, 2, 1], 0)).toBe(0.5);
  });
});
