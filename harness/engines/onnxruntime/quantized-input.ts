import type { ConvQuantization } from '../../../reference/network/graph.ts';
import { maxInteger, minInteger } from '../../../reference/quantize/fixed-point.ts';
import type { OnnxBuilder } from './onnx-builder.ts';

/** The float32 below 0.5. Adding it, and not 0.5, keeps 0.49999997 from being carried to 1. */
const BELOW_HALF = 0.5 - 2 ** -25;

export interface QuantizedInput {
  /** Integers held in float32, of the shape of the input. */
  readonly value: string;
  /** int32 scalar: how many of them were clamped; only where counting was asked for. */
  readonly saturated?: string;
}

/**
 * Writes `clamp(round(float32(x · quantScale)))`, the integers staying in float32 (all up to 2^24 are exact there).
 * Bit for bit what `quantize` of `reference/quantize` gives, for every input but NaN, for which the operators of ONNX
 * promise nothing.
 */
export function emitQuantizedInput(
  builder: OnnxBuilder,
  input: string,
  quantization: ConvQuantization,
  countSaturation: boolean,
): QuantizedInput {
  const { bits, inputQuantScale, rounding } = quantization;
  const low = minInteger(bits);
  const high = maxInteger(bits);
  const product = builder.addNode('Mul', [input, builder.addFloats(inputQuantScale)]);
  if (!countSaturation) {
    // Rounding keeps order and leaves integers alone, so that clamping first gives the same: and then no value is too
    // large for the way through int32.
    return { value: emitRounding(builder, emitClip(builder, product, low, high), rounding) };
  }
  const bounded = emitClip(builder, product, low - 1, high + 1);
  const rounded = emitRounding(builder, bounded, rounding);
  const value = emitClip(builder, rounded, low, high);
  const clamped = builder.addNode('Not', [builder.addNode('Equal', [rounded, value])]);
  const ones = builder.addNode('Cast', [clamped], { to: { int: INT32 } });
  const saturated = builder.addNode('ReduceSum', [ones], { keepdims: { int: 0 } });
  return { value, saturated };
}

const FLOAT32 = 1;
const INT32 = 6;

function emitClip(builder: OnnxBuilder, value: string, low: number, high: number): string {
  return builder.addNode('Clip', [value, builder.addFloats(low), builder.addFloats(high)]);
}

/** Rounds values of magnitude below 2^22. */
function emitRounding(builder: OnnxBuilder, value: string, rounding: ConvQuantization['rounding']): string {
  switch (rounding) {
    case 'half-to-even':
      return builder.addNode('Round', [value]);
    case 'half-away-from-zero': {
      // trunc(x ± 0.49999997). A tie n + ½ comes to n + 1 − 2^-25, which float32 rounds up to n + 1; the value below the
      // tie stays below n + 1. Where |x| < ½ the clip adds x itself: 2x < 1 truncates to 0. ONNX has no Trunc before
      // operator set 28, but a cast to int32 truncates.
      const towards = emitClip(builder, value, -BELOW_HALF, BELOW_HALF);
      const moved = builder.addNode('Add', [value, towards]);
      const integers = builder.addNode('Cast', [moved], { to: { int: INT32 } });
      return builder.addNode('Cast', [integers], { to: { int: FLOAT32 } });
    }
    case 'half-up': {
      // floor(x) + floor(2·(x − floor(x))): the difference is exact where it matters, unlike x + ½.
      const below = builder.addNode('Floor', [value]);
      const rest = builder.addNode('Sub', [value, below]);
      const upper = builder.addNode('Floor', [builder.addNode('Add', [rest, rest])]);
      return builder.addNode('Add', [below, upper]);
    }
  }
}
