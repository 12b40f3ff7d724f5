import { describe, expect, it } from 'vitest';
import { anchorGrid, fixedGrids } from '../../../reference/decode/index.ts';

describe('anchorGrid', () => {
  it.each([
    [640, 640, 8400],
    [416, 416, 3549],
    [160, 224, 735],
    [32, 32, 21],
  ])('lays %d×%d as %d anchors', (height, width, anchors) => {
    expect(anchorGrid({ height, width }).anchors).toBe(anchors);
  });

  it('orders anchors by stride 8, 16, 32 and row-major in each level, on inputs that are not square', () => {
    const { x, y, stride, grid } = fixedGrids({ height: 32, width: 64 });
    const expected: number[][] = [];
    for (const s of [8, 16, 32]) {
      for (let row = 0; row < 32 / s; row++) {
        for (let column = 0; column < 64 / s; column++) expected.push([column, row, s]);
      }
    }
    expect(expected.map((_, i) => [x[i], y[i], stride[i]])).toEqual(expected);
    expect(grid.anchors).toBe(expected.length);
    expect(grid.levels.map((level) => level.start)).toEqual([0, 32, 40]);
  });

  it.each([
    [417, 416],
    [416, 400],
    [0, 32],
    [-32, 32],
    [Number.NaN, 32],
  ])('refuses %d×%d, which is not a multiple of 32', (height, width) => {
    expect(() => anchorGrid({ height, width })).toThrow(/multiple of 32/);
  });
});
