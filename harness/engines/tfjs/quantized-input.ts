import * as tf from '@tensorflow/tfjs-core';
import type { ConvQuantization } from '../../../reference/network/index.ts';
import { maxInteger, minInteger } from '../../../reference/quantize/index.ts';

/** The float32 below 0.5: see `emitRounding` of the ONNX Runtime engine, whose operators these are. */
const BELOW_HALF = 0.5 - 2 ** -25;

/**
 * `clamp(round(float32(x · quantScale)))`, the integers staying in float32.
 * @param onSaturated is given an int32 scalar, how many values were clamped; the count costs time.
 */
export function quantizedInput(
  x: tf.Tensor4D,
  { bits, inputQuantScale, rounding }: ConvQuantization,
  onSaturated?: (count: tf.Tensor) => void,
): tf.Tensor4D {
  const low = minInteger(bits);
  const high = maxInteger(bits);
  const product = tf.mul(x, inputQuantScale) as tf.Tensor4D;
  // Clamping first gives the same integers, and keeps the way through int32 within its range.
  if (!onSaturated) return rounded(tf.clipByValue(product, low, high), rounding);
  const integers = rounded(tf.clipByValue(product, low - 1, high + 1), rounding);
  const clamped = tf.clipByValue(integers, low, high);
  onSaturated(tf.sum(tf.cast(tf.notEqual(integers, clamped), 'int32')));
  return clamped;
}

function rounded(x: tf.Tensor4D, rounding: ConvQuantization['rounding']): tf.Tensor4D {
  switch (rounding) {
    case 'half-to-even':
      return tf.round(x);
    case 'half-away-from-zero': {
      const moved = tf.add(x, tf.clipByValue(x, -BELOW_HALF, BELOW_HALF));
      return tf.cast(tf.cast(moved, 'int32'), 'float32') as tf.Tensor4D;
    }
    case 'half-up': {
      const below = tf.floor(x);
      const rest = tf.sub(x, below);
      return tf.add(below, tf.floor(tf.add(rest, rest)));
    }
  }
}
