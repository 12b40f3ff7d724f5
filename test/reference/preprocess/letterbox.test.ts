import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  type BgrImage,
  createLetterbox,
  letterbox,
  letterboxGeometry,
  resizeBilinear,
} from '../../../reference/preprocess/index.ts';
import { simdRowResizer } from '../../../reference/preprocess/simd-row-resizer.ts';
import { firstDifference } from './first-difference.ts';
import { randomImage } from './random-image.ts';

const side = fc.integer({ min: 1, max: 60 });

describe('letterboxGeometry', () => {
  test('new sides are truncated, not rounded', () => {
    // 427 · 416/640 = 277.55
    expect(letterboxGeometry({ height: 427, width: 640 }, { height: 416, width: 416 })).toEqual({
      letterboxRatio: 0.65,
      height: 277,
      width: 416,
    });
  });

  test('a picture whose shorter side would vanish is refused with its size', () => {
    expect(() => letterboxGeometry({ height: 1, width: 1000 }, { height: 416, width: 416 })).toThrow(
      /1000×1 pixels into 416×416.*0 pixels/,
    );
  });

  test.each([0, -1, 1.5, Number.NaN])('a side of %s is refused', (bad) => {
    expect(() => letterboxGeometry({ height: bad, width: 4 }, { height: 8, width: 8 })).toThrow(RangeError);
    expect(() => createLetterbox({ height: 8, width: bad })).toThrow(RangeError);
  });
});

/** Written from the description of ValTransform, value by value. */
function slowLetterbox(image: BgrImage, height: number, width: number, legacy: boolean): Float32Array {
  const ratio = Math.min(height / image.height, width / image.width);
  const size = { height: Math.floor(image.height * ratio), width: Math.floor(image.width * ratio) };
  const resized = resizeBilinear(image, size);
  const mean = [0.485, 0.456, 0.406];
  const deviation = [0.229, 0.224, 0.225];
  const out = new Float32Array(3 * height * width);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const inside = y < size.height && x < size.width;
        const level = inside ? resized.data[(y * size.width + x) * 3 + (legacy ? 2 - c : c)] : 114;
        let value = level;
        if (legacy) {
          value = Math.fround(value / 255);
          value = Math.fround(value - mean[c]);
          value = Math.fround(value / deviation[c]);
        }
        out[(c * height + y) * width + x] = value;
      }
  return out;
}

describe('letterbox', () => {
  test.each(['simd', 'plain'] as const)(
    'equals the value-by-value version, %s: top-left, 114 around, CHW, BGR or legacy RGB normalised',
    (execution) => {
      fc.assert(
        fc.property(side, side, side, side, fc.boolean(), fc.nat(), (h, w, height, width, legacy, seed) => {
          const ratio = Math.min(height / h, width / w);
          fc.pre(Math.floor(h * ratio) > 0 && Math.floor(w * ratio) > 0);
          const image = randomImage(h, w, seed);
          const actual = letterbox(image, { height, width }, { legacy, execution });
          expect(actual.pixels.shape).toEqual([1, 3, height, width]);
          expect(firstDifference(actual.pixels.data, slowLetterbox(image, height, width, legacy))).toBe(-1);
        }),
        { numRuns: 300 },
      );
    },
  );

  test('this platform runs the SIMD instructions, so that the tests above are of them', () => {
    expect(simdRowResizer()).toBeDefined();
  });

  test('SIMD equals plain on wide and small pictures in turn, whose rows need more memory than before', () => {
    for (const [seed, [w, h, width, height]] of [
      [5, 3, 640, 640],
      [20_000, 32, 640, 640],
      [640, 427, 416, 416],
      [30_001, 3, 17_000, 8],
      [64, 48, 416, 416],
      [1, 1, 9, 7],
      [3, 50, 20, 20],
      [768, 576, 640, 640],
      [416, 300, 416, 416],
      [832, 600, 416, 416],
    ].entries()) {
      const image = randomImage(h, w, seed);
      for (const legacy of [false, true]) {
        const size = { height, width };
        const simd = letterbox(image, size, { legacy, execution: 'simd' }).pixels.data;
        const plain = letterbox(image, size, { legacy, execution: 'plain' }).pixels.data;
        expect(firstDifference(simd, plain)).toBe(-1);
      }
    }
  });

  test.each([
    ['there is no WebAssembly', undefined],
    ['it has no SIMD', { validate: (): boolean => false }],
    [
      'a page forbids it',
      {
        validate: (): boolean => true,
        Module: class {
          constructor() {
            throw new Error('Refused to compile');
          }
        },
      },
    ],
  ])('where %s, the plain execution takes its place', async (_, global) => {
    vi.stubGlobal('WebAssembly', global);
    vi.resetModules();
    try {
      const alone = await import('../../../reference/preprocess/index.ts');
      const { simdRowResizer } = await import('../../../reference/preprocess/simd-row-resizer.ts');
      expect(simdRowResizer()).toBeUndefined();
      const image = randomImage(30, 40, 1);
      const size = { height: 32, width: 32 };
      const expected = letterbox(image, size).pixels.data;
      expect(firstDifference(alone.letterbox(image, size).pixels.data, expected)).toBe(-1);
    } finally {
      vi.unstubAllGlobals();
      vi.resetModules();
    }
  });

  test('one letterbox gives the same for many pictures, whatever came before, beside another letterbox', () => {
    const size = { height: 40, width: 56 };
    const kept = createLetterbox(size);
    const other = createLetterbox({ height: 30, width: 30 }, { legacy: true });
    for (let i = 0; i < 400; i++) {
      other.apply(randomImage(20 + (i % 3), 20, i));
      const image = randomImage(10 + (i % 7) * 11, 10 + (i % 13) * 9, i);
      const fresh = letterbox(image, size).pixels.data;
      expect(firstDifference(kept.apply(image).pixels.data, fresh)).toBe(-1);
    }
  });

  test('into writes its own part of a batch and overwrites all of it', () => {
    const box = createLetterbox({ height: 16, width: 24 });
    const batch = new Float32Array(3 * box.valuesPerImage).fill(-1);
    const image = randomImage(10, 30, 1);
    const geometry = box.into(image, batch, box.valuesPerImage);
    expect(geometry).toEqual({ letterboxRatio: 0.8, height: 8, width: 24 });
    const alone = box.apply(image).pixels.data;
    expect(batch.subarray(box.valuesPerImage, 2 * box.valuesPerImage)).toEqual(alone);
    expect(batch.subarray(0, box.valuesPerImage).every((value) => value === -1)).toBe(true);
    expect(batch.subarray(2 * box.valuesPerImage).every((value) => value === -1)).toBe(true);
  });

  test.each([-1, 0.5, 1, Number.NaN])('an offset of %s that leaves no room is refused', (offset) => {
    const box = createLetterbox({ height: 16, width: 24 });
    expect(() => box.into(randomImage(4, 4, 1), new Float32Array(box.valuesPerImage), offset)).toThrow(
      /cannot write the 1152 values of a 24×16 input at offset/,
    );
  });

  test('a picture whose bytes do not match its size is refused', () => {
    expect(() =>
      letterbox({ height: 2, width: 2, data: new Uint8Array(11) }, { height: 4, width: 4 }),
    ).toThrow(/11 bytes as a picture of 2×2 pixels: BGR needs 12/);
  });
});
