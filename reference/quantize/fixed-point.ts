import type { RoundingMode } from '../network/graph.ts';
import type { QuantizationProblem } from './finding.ts';
import { roundingFunction } from './rounding.ts';

export type Bits = 8 | 16;

/** The largest integer of the symmetric range, by which scales are made: 127 or 32767. */
export function maxInteger(bits: Bits): number {
  return bits === 8 ? 127 : 32767;
}

/**
 * The smallest integer that is stored: −128 or −32768. Scales are made from the positive end alone, yet values are
 * saturated to the whole two's complement range, as `castFloat32ToFixed` (Cambricon mlu-ops, core/tool.cpp) does.
 */
export function minInteger(bits: Bits): number {
  return -maxInteger(bits) - 1;
}

export interface QuantScale {
  /** A float32 value: integer = clamp(round(float32(x · quantScale))). */
  readonly quantScale: number;
  /** Why the value is the fallback 1; absent for a usable `absmax`. */
  readonly problem?: QuantizationProblem;
}

/**
 * `float32(qmax / absmax)`, the quotient taken in float64 as the Python quantiser does
 * (torch_mlu/core/quantized/observer.py). It stores 1 where there is nothing to divide by (absmax 0 or NaN); here that
 * comes with the problem's name, and an infinite or vanishing absmax, whose quotient is no usable float32, does likewise.
 * @throws RangeError for a negative absmax.
 */
export function quantScaleOf(absmax: number, bits: Bits): QuantScale {
  if (absmax < 0)
    throw new RangeError(`cannot make a quant scale of absmax ${absmax}: it must not be negative`);
  if (absmax === 0) return { quantScale: 1, problem: 'absmax-zero' };
  if (!Number.isFinite(absmax)) return { quantScale: 1, problem: 'absmax-not-finite' };
  const quantScale = Math.fround(maxInteger(bits) / absmax);
  if (quantScale === 0) return { quantScale: 1, problem: 'absmax-not-finite' };
  if (quantScale === Number.POSITIVE_INFINITY) return { quantScale: 1, problem: 'absmax-too-small' };
  return { quantScale };
}

/** Largest magnitude that a quant scale represents without saturating: `qmax / quantScale`, float64. */
export function absmaxOfQuantScale(quantScale: number, bits: Bits): number {
  return maxInteger(bits) / quantScale;
}

export interface FixedPointValues {
  readonly integers: Int8Array | Int16Array;
  /** How many values lay outside the integer range after rounding, and were clamped. */
  readonly saturated: number;
}

/**
 * Integers of float32 values: `clamp(round(float32(x · quantScale)))` to [−2^(bits−1), 2^(bits−1) − 1].
 * The product is a float32 product, as on the device and in the saved offline models; NaN becomes 0 and is not counted.
 */
export function quantize(
  values: Float32Array,
  quantScale: number,
  bits: Bits,
  rounding: RoundingMode,
): FixedPointValues {
  const count = values.length;
  const integers = bits === 8 ? new Int8Array(count) : new Int16Array(count);
  const round = roundingFunction(rounding);
  const high = maxInteger(bits);
  const low = minInteger(bits);
  const factor = Math.fround(quantScale);
  let saturated = 0;
  for (let i = 0; i < count; i++) {
    // The float64 product of two float32 values is exact, so that this rounds once.
    const integer = round(Math.fround(values[i] * factor));
    if (integer > high) {
      integers[i] = high;
      saturated++;
    } else if (integer < low) {
      integers[i] = low;
      saturated++;
    } else {
      integers[i] = integer;
    }
  }
  return { integers, saturated };
}

/** `float32(integer / quantScale)` for each integer. */
export function dequantize(integers: Int8Array | Int16Array, quantScale: number): Float32Array {
  const values = new Float32Array(integers.length);
  for (let i = 0; i < integers.length; i++) values[i] = integers[i] / quantScale;
  return values;
}
