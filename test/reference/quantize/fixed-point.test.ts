import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absmaxOfQuantScale,
  dequantize,
  encodePosition,
  encodePositionScale,
  maxInteger,
  minInteger,
  positionScaleOfQuantScale,
  quantize,
  quantScaleOf,
  quantScaleOfPosition,
} from '../../../reference/quantize/index.ts';

const positive = fc.float({ min: Math.fround(1e-20), max: Math.fround(1e20), noNaN: true });

describe('quantScaleOf', () => {
  it('is float32(qmax / absmax)', () => {
    expect(quantScaleOf(255, 16)).toEqual({ quantScale: Math.fround(32767 / 255) });
    expect(quantScaleOf(255, 8).quantScale).toBeCloseTo(0.498039, 6);
  });
  it('falls back to 1 with the problem named, as the vendor stores it', () => {
    expect(quantScaleOf(0, 8)).toEqual({ quantScale: 1, problem: 'absmax-zero' });
    expect(quantScaleOf(Number.NaN, 8)).toEqual({ quantScale: 1, problem: 'absmax-not-finite' });
    expect(quantScaleOf(Number.POSITIVE_INFINITY, 8)).toEqual({
      quantScale: 1,
      problem: 'absmax-not-finite',
    });
    expect(quantScaleOf(1e-40, 16)).toEqual({ quantScale: 1, problem: 'absmax-too-small' });
  });
  it('refuses a negative absmax', () => {
    expect(() => quantScaleOf(-1, 8)).toThrow(RangeError);
  });
});

describe('quantize', () => {
  it('saturates to [−2^(bits−1), 2^(bits−1) − 1] and counts what it clamped', () => {
    const values = Float32Array.of(127.4, 127.5, 1e9, -127.6, -128.4, -128.5, -1e9);
    const { integers, saturated } = quantize(values, 1, 8, 'half-away-from-zero');
    expect([...integers]).toEqual([127, 127, 127, -128, -128, -128, -128]);
    expect(saturated).toBe(4);
    expect([minInteger(16), maxInteger(16)]).toEqual([-32768, 32767]);
  });
  it('rounds the float32 product, not the float64 one', () => {
    const value = Math.fround(1.874773383140564);
    const quantScale = 15171.7001953125;
    const exact = value * quantScale;
    expect(exact).toBeLessThan(28443.5);
    expect(Math.fround(exact)).toBe(28443.5);
    expect(quantize(Float32Array.of(value), quantScale, 16, 'half-away-from-zero').integers[0]).toBe(28444);
  });
  it('makes NaN 0 and saturates infinities', () => {
    const values = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const { integers, saturated } = quantize(values, 2, 16, 'half-up');
    expect([...integers]).toEqual([0, 32767, -32768]);
    expect(saturated).toBe(2);
  });
  it('comes back within half a step for values inside the calibrated range', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1 }), (list) => {
        const values = Float32Array.from([50, ...list]);
        for (const bits of [8, 16] as const) {
          const { quantScale } = quantScaleOf(50, bits);
          const { integers, saturated } = quantize(values, quantScale, bits, 'half-to-even');
          expect(saturated).toBe(0);
          const back = dequantize(integers, quantScale);
          const halfStep = 0.5 / quantScale + 50 * 2 ** -22;
          back.forEach((value, i) => {
            expect(Math.abs(value - values[i])).toBeLessThanOrEqual(halfStep);
          });
        }
      }),
    );
  });
});

describe('position and scale', () => {
  it.each([
    ['head-pose, int8', 1.1797, -6, 1.68212],
    ['retina, int8', 151, 1, 1.68212],
    ['det3, int8', 0.99608 ** -1 * (127 / 128), -7, 0.99608],
  ])('agrees with a descriptor of a real offline model: %s', (_, absmax, position, scale) => {
    const coded = encodePositionScale(absmax, 8, 'floor');
    expect(coded.position).toBe(position);
    expect(coded.scale).toBeCloseTo(scale, 4);
  });
  it('is only another coding of the same step, by both rules', () => {
    fc.assert(
      fc.property(positive, fc.constantFrom(8 as const, 16 as const), (absmax, bits) => {
        const wanted = maxInteger(bits) / absmax;
        for (const rule of ['floor', 'ceil'] as const) {
          const coded = encodePositionScale(absmax, bits, rule);
          if (Math.abs(coded.position) < 32) expect(coded.scale).toBeGreaterThan(0.9);
          if (Math.abs(coded.position) < 32) expect(coded.scale).toBeLessThanOrEqual(2);
          expect(Math.abs(quantScaleOfPosition(coded) / wanted - 1)).toBeLessThan(2e-7);
        }
      }),
    );
  });
  it('converts a saved quant scale and comes back to it', () => {
    const { quantScale } = quantScaleOf(6.65, 16);
    const coded = positionScaleOfQuantScale(quantScale, 16, 'floor');
    expect(coded.position).toBe(2 - 14);
    expect(Math.abs(quantScaleOfPosition(coded) / quantScale - 1)).toBeLessThan(2e-7);
    expect(absmaxOfQuantScale(quantScale, 16)).toBeCloseTo(6.65, 5);
  });
  it('has the two rules differ only in the top sliver of an octave', () => {
    for (const absmax of [1.01, 1.9, 127.5 / 127]) {
      expect(encodePositionScale(absmax, 8, 'ceil').position).toBe(
        encodePositionScale(absmax, 8, 'floor').position,
      );
    }
    expect(encodePositionScale(1.9999, 8, 'ceil').position).toBe(-5);
    expect(encodePositionScale(1.9999, 8, 'floor').position).toBe(-6);
  });
  it('takes exact powers of two exactly, up and down', () => {
    for (let exponent = -40; exponent <= 40; exponent++) {
      expect(encodePositionScale(2 ** exponent, 16, 'floor').position).toBe(exponent - 14);
      expect(encodePositionScale(2 ** exponent * (1 - 2 ** -24), 16, 'floor').position).toBe(exponent - 15);
    }
  });
  it('follows Caffe in going one up at an exact power of two above one', () => {
    expect(encodePositionScale(2 * 127, 8, 'ceil').position).toBe(2);
    expect(encodePositionScale(127, 8, 'ceil').position).toBe(0);
    expect(encodePositionScale(127 / 4, 8, 'ceil').position).toBe(-2);
    expect(encodePositionScale(127 / 5, 8, 'ceil').position).toBe(-2);
  });
  it('gives position 0 for absmax 0, and scale 1 by position alone', () => {
    expect(encodePositionScale(0, 8, 'floor')).toEqual({ position: 0, scale: 1 });
    expect(encodePosition(1.5, 8)).toEqual({ position: -6, scale: 1 });
    expect(() => encodePositionScale(Number.NaN, 8, 'floor')).toThrow(RangeError);
    expect(() => positionScaleOfQuantScale(0, 8, 'floor')).toThrow(RangeError);
  });
});
