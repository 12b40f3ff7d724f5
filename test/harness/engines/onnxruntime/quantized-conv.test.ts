import { describe, expect, it } from 'vitest';
import { sumsFitFloat32 } from '../../../../harness/engines/quantized-weights.ts';
import type { ConvQuantization, RoundingMode } from '../../../../reference/network/graph.ts';
import { quantize } from '../../../../reference/quantize/index.ts';
import { createRandom } from '../../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../../reference/tensor.ts';
import { bigIntConv, type ConvCase, runQuantizedConv } from './run-quantized-conv.ts';

const EXACT = { execution: 'exact', countSaturation: false } as const;
const FAST = { execution: 'fast', countSaturation: false } as const;

/** Scales of 1, so that the values are the integers and the output is the integer sum. */
const unit = (bits: 8 | 16): ConvQuantization => ({
  bits,
  inputQuantScale: 1,
  weightQuantScale: Float32Array.of(1),
  rounding: 'half-away-from-zero',
});

function integers(shape: readonly number[], low: number, high: number, seed: number): Tensor {
  const random = createRandom(seed);
  const count = shape.reduce((product, extent) => product * extent, 1);
  return float32Tensor(
    Float32Array.from({ length: count }, () => low + random.integer(high - low + 1)),
    shape,
  );
}

async function expectExact(conv: ConvCase): Promise<void> {
  const { sums, shape } = bigIntConv(conv);
  const actual = await runQuantizedConv(conv, EXACT);
  expect(actual.shape).toEqual(shape);
  // |sum| < 2^53, so that Number() is exact and the float32 rounding is the only one.
  expect(actual.values).toEqual(Float32Array.from(sums, Number));
}

describe('exact execution: sums equal BigInt sums, rounded once to float32', () => {
  it.each([
    ['1×1', [2, 24, 5, 7], [10, 24, 1, 1], {}],
    ['3×3 padded', [1, 16, 9, 6], [8, 16, 3, 3], { padding: 1 }],
    ['3×3 stride 2, odd size', [2, 6, 11, 8], [5, 6, 3, 3], { padding: 1, stride: 2 }],
    ['6×6 stride 2 unpadded by 2', [1, 3, 16, 12], [4, 3, 6, 6], { padding: 2, stride: 2 }],
    ['1×1 stride 2', [1, 4, 6, 6], [3, 4, 1, 1], { stride: 2 }],
    ['two groups', [2, 8, 6, 5], [6, 4, 3, 3], { padding: 1, groups: 2 }],
  ] as const)('%s, int16 and int8 over the whole range', async (_, inputShape, weightShape, extent) => {
    for (const bits of [8, 16] as const) {
      const limit = 2 ** (bits - 1);
      await expectExact({
        input: integers(inputShape, -limit, limit - 1, 1),
        weight: integers(weightShape, -limit, limit - 1, 2),
        quantization: unit(bits),
        ...extent,
      });
    }
  });

  it.each([
    [32767, 32767],
    [-32768, -32768],
    [-32768, 32767],
  ])('the largest convolution of YOLOX-x, 3·3·1280 terms, every product %i · %i', async (x, w) => {
    const input = float32Tensor(new Float32Array(1280 * 9).fill(x), [1, 1280, 3, 3]);
    const weight = float32Tensor(new Float32Array(2 * 1280 * 9).fill(w), [2, 1280, 3, 3]);
    await expectExact({ input, weight, padding: 1, quantization: unit(16) });
  });

  it('keeps the last bit where sums of 2^43 cancel to a small number', async () => {
    // The second half of the channels undoes the first but for single units: float32 sums lose these entirely.
    const channels = 1280;
    const plane = 9;
    const input = integers([1, channels, 3, 3], 32000, 32767, 3);
    const weight = integers([4, channels, 3, 3], 32000, 32767, 4);
    for (let c = channels / 2; c < channels; c++) {
      for (let i = 0; i < plane; i++) input.data[c * plane + i] = input.data[(c - channels / 2) * plane + i];
      for (let o = 0; o < 4; o++) {
        const row = (o * channels + c) * plane;
        for (let i = 0; i < plane; i++) weight.data[row + i] = -weight.data[row + i - (channels / 2) * plane];
      }
    }
    weight.data[5] -= 1;
    weight.data[channels * plane + 7] += 1;
    const conv = { input, weight, padding: 0, quantization: unit(16) };
    const largest = bigIntConv(conv).sums.map((sum) => Math.abs(Number(sum)));
    expect(Math.max(...largest)).toBeLessThan(2 ** 24);
    expect(Math.max(...largest)).toBeGreaterThan(0);
    await expectExact(conv);
    const fast = await runQuantizedConv(conv, FAST);
    expect([...fast.values]).not.toEqual(bigIntConv(conv).sums.map(Number));
  });

  it.each([
    [1024, true],
    [1025, false],
  ])('int8 at the limit of float32 sums: %i terms of 128 · 128, float32 %s', async (channels, inFloat32) => {
    const weight = float32Tensor(new Float32Array(2 * channels).fill(-128), [2, channels, 1, 1]);
    for (let c = channels; c < 2 * channels; c++) weight.data[c] = c % 2 === 0 ? 127 : -128;
    expect(sumsFitFloat32(Int8Array.from(weight.data), 2, 8)).toBe(inFloat32);
    const input = float32Tensor(new Float32Array(channels * 4).fill(-128), [1, channels, 2, 2]);
    input.data[0] = -127;
    await expectExact({ input, weight, quantization: unit(8) });
  });
});

describe('scales, bias and the point where float32 begins', () => {
  const random = createRandom(7);
  const values = (count: number, deviation: number): Float32Array =>
    Float32Array.from({ length: count }, () => deviation * random.gaussian());
  const input = float32Tensor(values(2 * 12 * 6 * 8, 3), [2, 12, 6, 8]);
  const weight = float32Tensor(values(5 * 12 * 9, 0.2), [5, 12, 3, 3]);
  const bias = values(5, 1);

  it.each([
    ['int16 per tensor', 16, [30000]],
    ['int16 per channel', 16, [30000, 25000, 45000.5, 60000, 20000]],
    ['int8 per tensor', 8, [120]],
    ['int8 per channel', 8, [120, 80, 150.25, 99, 200]],
  ] as const)(
    '%s: float32(sum / (input scale · weight scale)) + bias in float32',
    async (_, bits, scales) => {
      const quantization: ConvQuantization = {
        bits,
        inputQuantScale: Math.fround(bits === 16 ? 2500.7 : 10.3),
        weightQuantScale: Float32Array.from(scales),
        rounding: 'half-to-even',
      };
      const x = quantize(input.data, quantization.inputQuantScale, bits, 'half-to-even').integers;
      const w = Array.from({ length: 5 }, (_unused, o) => {
        const scale = quantization.weightQuantScale[scales.length === 1 ? 0 : o];
        return [
          ...quantize(weight.data.subarray(o * 108, (o + 1) * 108), scale, bits, 'half-to-even').integers,
        ];
      });
      const conv = { input, weight, bias, padding: 1, quantization };
      const { sums } = bigIntConv({
        ...conv,
        input: float32Tensor(Float32Array.from(x), input.shape),
        weight: float32Tensor(Float32Array.from(w.flat()), weight.shape),
      });
      const expected = sums.map((sum, i) => {
        const o = Math.floor(i / 48) % 5;
        const scale = quantization.weightQuantScale[scales.length === 1 ? 0 : o];
        return Math.fround(Math.fround(Number(sum) * (1 / (quantization.inputQuantScale * scale))) + bias[o]);
      });
      const exact = await runQuantizedConv(conv, EXACT);
      expect([...exact.values]).toEqual(expected);

      const fast = await runQuantizedConv(conv, FAST);
      const largest = Math.max(...expected.map(Math.abs));
      fast.values.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-6 * largest);
      });
    },
  );
});

describe('input integers', () => {
  const modes: RoundingMode[] = ['half-away-from-zero', 'half-to-even', 'half-up'];
  const awkward = [
    0, -0, 0.49999997, -0.49999997, 0.50000006, -0.50000006, 32766.5, 32767.498, 32767.5, -32768.5,
  ];
  const large = [-32767.5, 32768.5, 127.5, -128.5, -128.498, 1e6, -1e6, 3e9, -3e9, 1e30, -1e30];
  const ends = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8388607.5, -8388607.5];
  const random = createRandom(11);
  const ties = Array.from({ length: 400 }, () => random.integer(66000) - 33000 + 0.5);
  const fine = Array.from({ length: 3000 }, () => (random.integer(70000 * 512) - 35000 * 512) / 512);
  const small = Array.from({ length: 2000 }, () => Math.fround(random.gaussian()));
  const values = Float32Array.from([...awkward, ...large, ...ends, ...ties, ...fine, ...small]);

  it.each(modes.flatMap((rounding) => ([8, 16] as const).map((bits) => [rounding, bits] as const)))(
    '%s, %i bits: equal to the reference bit by bit, counted or not, exact or fast',
    async (rounding, bits) => {
      for (const inputQuantScale of [1, Math.fround(0.3), Math.fround(1234.567)]) {
        const { integers: expected, saturated } = quantize(values, inputQuantScale, bits, rounding);
        const conv: ConvCase = {
          input: float32Tensor(values, [1, 1, 1, values.length]),
          weight: float32Tensor(Float32Array.of(1), [1, 1, 1, 1]),
          quantization: { bits, inputQuantScale, weightQuantScale: Float32Array.of(1), rounding },
        };
        const scaled = Float32Array.from(expected, (integer) => integer * (1 / inputQuantScale));
        const plain = await runQuantizedConv(conv, EXACT);
        expect(plain.values.map((value) => value + 0)).toEqual(scaled);
        expect(plain.saturated).toBeUndefined();
        const counted = await runQuantizedConv(conv, { execution: 'exact', countSaturation: true });
        expect(counted.values.map((value) => value + 0)).toEqual(scaled);
        expect(counted.saturated).toBe(saturated);
        if (inputQuantScale === 1) {
          const fast = await runQuantizedConv(conv, { execution: 'fast', countSaturation: true });
          expect(fast.values.map((value) => value + 0)).toEqual(scaled);
          expect(fast.saturated).toBe(saturated);
        }
      }
    },
  );
});
