import { type Bits, maxInteger } from './fixed-point.ts';

/**
 * Which of the vendor's rules puts the binary point:
 * - `floor`: Cambricon mlu-ops core/tool.cpp `getPositionAndScale` and the MLU PyTorch loader.
 * - `ceil`: Cambricon Caffe include/caffe/mlu/util.hpp `get_quantized_info`, mode "common".
 *
 * They differ only where absmax lies in the top `qmax / 2^(bits−1)` sliver of an octave, and the step is the same.
 */
export type PositionRule = 'floor' | 'ceil';

/** A fixed-point coding: `x = q · 2^position / scale`. With `scale` 1 it is the coding by position alone. */
export interface PositionScale {
  readonly position: number;
  /** A float32 value, in (1, 2] by the `floor` rule up to the sliver named above. */
  readonly scale: number;
}

/**
 * Position and scale of a range.
 * absmax 0 gives position 0 and scale 1, as `getPosition` does.
 * @throws RangeError when absmax is negative, NaN or infinite.
 */
export function encodePositionScale(absmax: number, bits: Bits, rule: PositionRule): PositionScale {
  if (!(absmax >= 0) || absmax === Number.POSITIVE_INFINITY) {
    throw new RangeError(
      `cannot encode a range of absmax ${absmax}: it must be a finite number, zero or more`,
    );
  }
  if (absmax === 0) return { position: 0, scale: 1 };
  const qmax = maxInteger(bits);
  const position = rule === 'floor' ? floorLog2(absmax) - (bits - 2) : caffePosition(absmax / qmax);
  return { position, scale: Math.fround((2 ** position * qmax) / absmax) };
}

/** Position for the coding by position alone, whose step is the power of two itself (later MLU PyTorch, eager mode). */
export function encodePosition(absmax: number, bits: Bits): PositionScale {
  return { position: encodePositionScale(absmax, bits, 'floor').position, scale: 1 };
}

/** The quant scale that a coding stands for: `scale / 2^position`, as float32. */
export function quantScaleOfPosition({ position, scale }: PositionScale): number {
  return Math.fround(scale / 2 ** position);
}

/** Position and scale of a saved quant scale: the same step in the other coding. */
export function positionScaleOfQuantScale(quantScale: number, bits: Bits, rule: PositionRule): PositionScale {
  if (!(quantScale > 0) || quantScale === Number.POSITIVE_INFINITY) {
    throw new RangeError(`cannot encode quant scale ${quantScale}: it must be a positive finite number`);
  }
  return encodePositionScale(maxInteger(bits) / quantScale, bits, rule);
}

/** Exact `floor(log2(x))`: `Math.log2` may land on the wrong side of a power of two. */
function floorLog2(x: number): number {
  let exponent = Math.floor(Math.log2(x));
  while (2 ** exponent > x) exponent--;
  while (2 ** (exponent + 1) <= x) exponent++;
  return exponent;
}

/** `p = log2(step); p += p > 0`, truncated to an integer and held to ±32, as the original writes it. */
function caffePosition(step: number): number {
  const below = floorLog2(step);
  const isPower = 2 ** below === step;
  const position = step > 1 ? below + 1 : isPower ? below : below + 1;
  return Math.max(-32, Math.min(32, position));
}
