import { describe, expect, it } from 'vitest';
import {
  anchorGrid,
  decodeConcatenated,
  decodeFixedGrids,
  decodeInPlace,
  fixedGrids,
  type InputSize,
} from '../../../reference/decode/index.ts';
import { tableExp } from '../../../reference/functions/index.ts';
import { roundToVendorHalf } from '../../../reference/quantize/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { readNpy } from '../../support/npy.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const copy = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.slice() });

function randomOutput(inputSize: InputSize, batch: number, classes: number, seed: number): Tensor {
  const random = createRandom(seed);
  const { anchors } = anchorGrid(inputSize);
  const data = Float32Array.from({ length: batch * anchors * (5 + classes) }, () => random.gaussian() * 3);
  return float32Tensor(data, [batch, anchors, 5 + classes], 'NAC');
}

/** Straight from the definition, in float64. */
function oracle(raw: Tensor, { height, width }: InputSize): Float64Array {
  const channels = raw.shape[2]!;
  const out = Float64Array.from(raw.data);
  let at = 0;
  for (let image = 0; image < raw.shape[0]!; image++) {
    for (const stride of [8, 16, 32]) {
      for (let row = 0; row < height / stride; row++) {
        for (let column = 0; column < width / stride; column++) {
          out[at] = (raw.data[at]! + column) * stride;
          out[at + 1] = (raw.data[at + 1]! + row) * stride;
          out[at + 2] = Math.exp(raw.data[at + 2]!) * stride;
          out[at + 3] = Math.exp(raw.data[at + 3]!) * stride;
          at += channels;
        }
      }
    }
  }
  return out;
}

const FORMS = {
  decodeInPlace: (raw: Tensor, size: InputSize) => decodeInPlace(copy(raw), size),
  decodeConcatenated,
  decodeFixedGrids: (raw: Tensor, size: InputSize) => decodeFixedGrids(raw, fixedGrids(size)),
};

describe.each(Object.entries(FORMS))('%s', (_, decode) => {
  it('is (xy + grid)·stride and exp(wh)·stride on an input that is not square, batch 2', () => {
    const size = { height: 64, width: 96 };
    const raw = randomOutput(size, 2, 3, 1);
    const expected = oracle(raw, size);
    const decoded = decode(raw, size).data;
    // Three roundings of float32 (2⁻²⁴ each); xy may cancel, so relative to the cell's position.
    decoded.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(4e-7 * (Math.abs(expected[i]!) + 100));
    });
  });

  it('agrees to the bit with the other forms', () => {
    const size = { height: 96, width: 160 };
    const raw = randomOutput(size, 3, 7, 2);
    const expected = decodeInPlace(copy(raw), size).data;
    expect(decode(raw, size).data).toEqual(expected);
  });

  it('gives Infinity, as float32 does, where a width logit overflows exp', () => {
    const raw = randomOutput({ height: 32, width: 32 }, 1, 1, 3);
    raw.data[2] = 89;
    expect(decode(raw, { height: 32, width: 32 }).data[2]).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses another number of anchors and a shape that is no head output', () => {
    const raw = randomOutput({ height: 32, width: 32 }, 1, 1, 4);
    expect(() => decode(raw, { height: 64, width: 32 })).toThrow(/42/);
    expect(() => decode(float32Tensor(raw.data, [21, 6]), { height: 32, width: 32 })).toThrow(RangeError);
    expect(() => decode(float32Tensor(new Float32Array(105), [1, 21, 5]), { height: 32, width: 32 })).toThrow(
      RangeError,
    );
  });
});

describe('in the arithmetic of a device', () => {
  const size = { height: 64, width: 640 };
  const half = { round: roundToVendorHalf, exp: tableExp };
  const raw = randomOutput(size, 2, 1, 6);
  raw.data.forEach((value, i) => {
    raw.data[i] = roundToVendorHalf(value);
  });

  it('each operation is rounded by itself: sum, product, exponential', () => {
    const { data } = decodeFixedGrids(raw, fixedGrids(size), undefined, half);
    // The anchor of stride 8 in row 3, column 79: its centre near 632 is a multiple of half a pixel.
    const at = (3 * 80 + 79) * 6;
    const sum = roundToVendorHalf(raw.data[at]! + 79);
    expect(data[at]).toBe(roundToVendorHalf(sum * 8));
    expect(data[at]! * 2).toBe(Math.round(data[at]! * 2));
    const width = roundToVendorHalf(tableExp(raw.data[at + 2]!));
    expect(data[at + 2]).toBe(roundToVendorHalf(width * 8));
    expect(data.subarray(at + 4, at + 6)).toEqual(raw.data.subarray(at + 4, at + 6));
  });

  it('the forms of the online and the offline model agree to the bit, and saturate where float32 overflows', () => {
    const loud = copy(raw);
    loud.data.set([60000, -60000, 20, 200]);
    const { data } = decodeConcatenated(loud, size, half);
    expect(data).toEqual(decodeFixedGrids(loud, fixedGrids(size), undefined, half).data);
    expect([...data.subarray(0, 4)]).toEqual([65504, -65504, 65504, 65504]);
  });
});

describe('decodeFixedGrids', () => {
  it('writes only into the array given, which may be its input', () => {
    const size = { height: 32, width: 64 };
    const raw = randomOutput(size, 1, 2, 5);
    const before = raw.data.slice();
    const into = new Float32Array(raw.data.length);
    expect(decodeFixedGrids(raw, fixedGrids(size), into).data).toBe(into);
    expect(raw.data).toEqual(before);
    expect(decodeFixedGrids(raw, fixedGrids(size), raw.data).data).toEqual(into);
    expect(() => decodeFixedGrids(raw, fixedGrids(size), new Float32Array(3))).toThrow(RangeError);
  });
});

describe.skipIf(!hasShared)('decode against PyTorch', () => {
  const cases: [string, InputSize][] = [
    ['000000397133', { height: 416, width: 416 }],
    ['000000460347', { height: 416, width: 416 }],
    ['000000480985', { height: 416, width: 416 }],
    ['yolox_w0125', { height: 160, width: 224 }],
  ];
  it.each(cases)('%s is within 1e-4 relative', (name, size) => {
    const raw = readNpy(sharedPath('golden', 'network', `${name}_raw.npy`), 'NAC');
    const golden = readNpy(sharedPath('golden', 'network', `${name}_decoded.npy`), 'NAC').data;
    for (const decode of Object.values(FORMS)) {
      const decoded = decode(raw, size).data;
      let worst = 0;
      for (let i = 0; i < golden.length; i++) {
        worst = Math.max(worst, Math.abs(decoded[i]! - golden[i]!) / Math.max(Math.abs(golden[i]!), 1e-6));
      }
      // Measured 1.2e-7 or less: what remains is the last bit of exp.
      expect(worst).toBeLessThan(1e-6);
    }
  });
});
