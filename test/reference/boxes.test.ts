import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoxFormat, convertBoxes } from '../../reference/boxes.ts';

const boxes = fc
  .array(fc.tuple(...Array.from({ length: 4 }, () => fc.float({ min: -4096, max: 4096, noNaN: true }))))
  .map((list) => Float32Array.from(list.flat()));

describe('convertBoxes', () => {
  it('turns known boxes into every other format, without +1', () => {
    const forms: Record<BoxFormat, Float32Array> = {
      xyxy: Float32Array.of(10, 20, 40, 60),
      xywh: Float32Array.of(10, 20, 30, 40),
      cxcywh: Float32Array.of(25, 40, 30, 40),
    };
    for (const from of Object.keys(forms) as BoxFormat[]) {
      for (const to of Object.keys(forms) as BoxFormat[]) {
        expect([...convertBoxes(forms[from], from, to)]).toEqual([...forms[to]]);
      }
    }
  });

  it('keeps the negative size of a box with swapped corners', () => {
    expect([...convertBoxes(Float32Array.of(5, 5, 3, 9), 'xyxy', 'xywh')]).toEqual([5, 5, -2, 4]);
  });

  it('gives the same numbers when it writes over its input', () => {
    fc.assert(
      fc.property(boxes, (input) => {
        const expected = convertBoxes(input, 'cxcywh', 'xyxy');
        const own = input.slice();
        expect(convertBoxes(own, 'cxcywh', 'xyxy', own)).toBe(own);
        expect(own).toEqual(expected);
      }),
    );
  });

  it('rounds each operation to float32: corners are within one rounding of the exact ones', () => {
    fc.assert(
      fc.property(boxes, (input) => {
        const corners = convertBoxes(input, 'cxcywh', 'xyxy');
        for (let i = 0; i < input.length; i += 4) {
          // The half of a float32 is exact (no denormals here), so one rounding remains.
          if (Math.abs(input[i + 2]!) < 1e-30) continue;
          expect(corners[i]).toBe(Math.fround(input[i]! - input[i + 2]! / 2));
          expect(corners[i + 2]).toBe(Math.fround(input[i]! + input[i + 2]! / 2));
        }
      }),
    );
  });

  it('refuses half a box and an array of another length', () => {
    expect(() => convertBoxes(new Float32Array(6), 'xyxy', 'xywh')).toThrow(RangeError);
    expect(() => convertBoxes(new Float32Array(8), 'xyxy', 'xywh', new Float32Array(4))).toThrow(RangeError);
  });
});
