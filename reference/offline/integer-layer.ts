import type { Bits } from '../quantize/fixed-point.ts';
import { quantize } from '../quantize/fixed-point.ts';
import type { ModuleQuantization } from '../quantize/quantized-checkpoint.ts';
import type { RoundingMode } from '../network/graph.ts';
import type { Tensor } from '../tensor.ts';

/** Integer weights of a layer under one reading of its axes. */
export interface IntegerLayer {
  readonly bits: Bits;
  /** `[outChannels][inChannels][height][width]`. */
  readonly integers: Int8Array | Int16Array;
  readonly outChannels: number;
  readonly inChannels: number;
  readonly kernel: readonly [height: number, width: number];
}

/** Bytes to which the input channels of every kernel position are padded with zeros. */
const CHANNEL_PADDING = 64;

/** Bytes of all input channels at one kernel position. */
export function cellBytes({ bits, inChannels }: IntegerLayer): number {
  return Math.ceil((inChannels * bits) / 8 / CHANNEL_PADDING) * CHANNEL_PADDING;
}

/** Integers that a card's weights are made of: `clamp(round(w · quantScale))`, with one scale or one per output channel. */
export function integerWeights(
  weight: Tensor,
  { bits, weightQuantScale }: ModuleQuantization,
  rounding: RoundingMode,
): Int8Array | Int16Array {
  if (weightQuantScale.length === 1)
    return quantize(weight.data, weightQuantScale[0], bits, rounding).integers;
  const size = weight.data.length / weightQuantScale.length;
  const integers = bits === 8 ? new Int8Array(weight.data.length) : new Int16Array(weight.data.length);
  weightQuantScale.forEach((quantScale, channel) => {
    const values = weight.data.subarray(channel * size, (channel + 1) * size);
    integers.set(quantize(values, quantScale, bits, rounding).integers, channel * size);
  });
  return integers;
}

/** How the axes of a weight are taken. */
export type WeightAxes = Pick<IntegerLayer, 'outChannels' | 'inChannels' | 'kernel'>;

/**
 * Axes of a weight: OIHW, OIW of a convolution over one axis, or `[out, in]` of a linear layer, whose inputs a card keeps in
 * their order also behind a flattened map. `undefined` for any other number of axes.
 */
export function weightAxes(shape: readonly number[]): WeightAxes | undefined {
  const [outChannels, inChannels, height = 1, width = 1] = shape;
  if (shape.length < 2 || shape.length > 4 || shape.includes(0)) return undefined;
  return { outChannels, inChannels, kernel: shape.length === 3 ? [1, height] : [height, width] };
}

/**
 * The bytes of one output channel as an offline model holds them, before any padding of the kernel's width:
 * `[height][width][inChannels padded to 64 bytes]`, int8 or little-endian int16.
 */
export function channelBytes(layer: IntegerLayer, channel: number): Uint8Array {
  const { bits, integers, inChannels, kernel } = layer;
  const [height, width] = kernel;
  const cell = cellBytes(layer);
  const bytes = new Uint8Array(height * width * cell);
  const positions = height * width;
  let from = channel * inChannels * positions;
  for (let input = 0; input < inChannels; input++) {
    for (let position = 0; position < positions; position++) {
      const integer = integers[from++];
      if (bits === 8) {
        bytes[position * cell + input] = integer;
      } else {
        bytes[position * cell + 2 * input] = integer;
        bytes[position * cell + 2 * input + 1] = integer >> 8;
      }
    }
  }
  return bytes;
}
