import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AxisTableCache } from '../../../reference/preprocess/axis-table.ts';
import { type BgrImage, bgrImage, resizeBilinear } from '../../../reference/preprocess/index.ts';
import { firstDifference } from './first-difference.ts';
import { randomImage } from './random-image.ts';

/**
 * The oracle, from the description of OpenCV's fixed-point path, one output value at a time: no tables, no row reuse, and
 * integers as BigInt so that no shift can hide an overflow.
 */
function slowResize(image: BgrImage, height: number, width: number): Uint8Array {
  const at = (y: number, x: number, c: number) => image.data[(y * image.width + x) * 3 + c];
  const out = new Uint8Array(height * width * 3);
  const halving = image.height === 2 * height && image.width === 2 * width;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const o = (y * width + x) * 3 + c;
        if (halving) {
          let sum = 2;
          for (const dy of [0, 1]) for (const dx of [0, 1]) sum += at(2 * y + dy, 2 * x + dx, c);
          out[o] = Math.floor(sum / 4);
          continue;
        }
        const column = place(x, image.width, width);
        if (column.cell < 0 || column.cell >= image.width - 1) column.fraction = 0;
        const row = place(y, image.height, height);
        const x0 = clamp(column.cell, image.width);
        const x1 = clamp(column.cell + 1, image.width);
        const [wx0, wx1] = weights(column.fraction);
        const [wy0, wy1] = weights(row.fraction);
        const mix = (line: number) => BigInt(at(line, x0, c)) * wx0 + BigInt(at(line, x1, c)) * wx1;
        const upper = ((mix(clamp(row.cell, image.height)) >> 4n) * wy0) >> 16n;
        const lower = ((mix(clamp(row.cell + 1, image.height)) >> 4n) * wy1) >> 16n;
        out[o] = Number((upper + lower + 2n) >> 2n);
      }
  return out;
}

function place(position: number, source: number, target: number) {
  const inverse = target / source;
  const exact = Float32Array.of((position + 0.5) * (1 / inverse) - 0.5)[0];
  const cell = Math.floor(exact);
  return { cell, fraction: Float32Array.of(exact - cell)[0] };
}

const clamp = (position: number, extent: number) =>
  position < 0 ? 0 : position < extent ? position : extent - 1;

function weights(fraction: number): [bigint, bigint] {
  return [halfEven(Float32Array.of(1 - fraction)[0] * 2048), halfEven(fraction * 2048)];
}

function halfEven(value: number): bigint {
  const candidates = [Math.floor(value), Math.ceil(value)];
  const [below, above] = candidates;
  if (value - below === above - value) return BigInt(candidates.find((n) => n % 2 === 0) ?? below);
  return BigInt(Math.round(value));
}

const side = fc.integer({ min: 1, max: 40 });

describe('resizeBilinear (OpenCV INTER_LINEAR on uint8, fixed point)', () => {
  test('equals the slow oracle on random sizes, enlarging and reducing', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(), (h, w, height, width, seed) => {
        const image = randomImage(h, w, seed);
        expect(
          firstDifference(resizeBilinear(image, { height, width }).data, slowResize(image, height, width)),
        ).toBe(-1);
      }),
      { numRuns: 600 },
    );
  });

  test('equals the slow oracle on an exact halving (area average), and next to one', () => {
    fc.assert(
      fc.property(side, side, fc.constantFrom(-1, 0, 1), fc.nat(), (h, w, odd, seed) => {
        const image = randomImage(Math.max(1, 2 * h + odd), 2 * w, seed);
        expect(
          firstDifference(resizeBilinear(image, { height: h, width: w }).data, slowResize(image, h, w)),
        ).toBe(-1);
      }),
      { numRuns: 200 },
    );
  });

  test('equals the slow oracle for 1-pixel pictures and results', () => {
    for (const [h, w, height, width] of [
      [1, 1, 9, 7],
      [1, 5, 3, 11],
      [5, 1, 11, 3],
      [9, 7, 1, 1],
      [2, 2, 1, 1],
      [1, 2, 1, 1],
    ]) {
      const image = randomImage(h, w, h * 100 + w);
      expect(
        firstDifference(resizeBilinear(image, { height, width }).data, slowResize(image, height, width)),
      ).toBe(-1);
    }
  });

  test('the same size gives the same bytes in an array of its own', () => {
    const image = randomImage(13, 17, 5);
    const copy = resizeBilinear(image, { height: 13, width: 17 });
    expect(copy.data).toEqual(image.data);
    expect(copy.data).not.toBe(image.data);
  });

  test('a flat picture stays flat when enlarged sideways', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), side, side, (level, w, width) => {
        const image = bgrImage(new Uint8Array(4 * w * 3).fill(level), { height: 4, width: w });
        expect(resizeBilinear(image, { height: 4, width }).data.every((value) => value === level)).toBe(true);
      }),
    );
  });

  test('the table cache stays within its capacity and does not change a result', () => {
    const tables = new AxisTableCache(8);
    for (let i = 1; i < 40; i++) {
      const image = randomImage(i, 40 - i, i);
      const size = { height: 21, width: 22 };
      expect(resizeBilinear(image, size, tables)).toEqual(resizeBilinear(image, size));
      expect(tables.size).toBeLessThanOrEqual(8);
    }
  });

  test('a target without pixels is refused', () => {
    expect(() => resizeBilinear(randomImage(2, 2, 1), { height: 0, width: 2 })).toThrow(
      /2×0 \(width × height\) as the size of a resized picture/,
    );
  });
});
