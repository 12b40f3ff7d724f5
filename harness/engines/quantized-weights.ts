import type { ConvQuantization } from '../../reference/network/graph.ts';
import { maxInteger, minInteger, quantize } from '../../reference/quantize/fixed-point.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';

/** The integers of an OIHW weight, each output channel by its own scale where there is more than one. */
export function quantizedWeights(weight: Tensor, quantization: ConvQuantization): Int8Array | Int16Array {
  const { bits, rounding, weightQuantScale } = quantization;
  if (weightQuantScale.length === 1)
    return quantize(weight.data, weightQuantScale[0], bits, rounding).integers;
  const integers = bits === 8 ? new Int8Array(weight.data.length) : new Int16Array(weight.data.length);
  const size = weight.data.length / weight.shape[0];
  weightQuantScale.forEach((quantScale, channel) => {
    const values = weight.data.subarray(channel * size, (channel + 1) * size);
    integers.set(quantize(values, quantScale, bits, rounding).integers, channel * size);
  });
  return integers;
}

/** `1 / (input scale · weight scale)` for each output channel, times its own factor where it has one, in float64. */
export function dequantizationFactors(quantization: ConvQuantization, channels: number): Float64Array {
  const { inputQuantScale, weightQuantScale, channelFactor } = quantization;
  return Float64Array.from({ length: channels }, (_, channel) => {
    const weightScale = weightQuantScale.length === 1 ? weightQuantScale[0] : weightQuantScale[channel];
    return (channelFactor?.[channel] ?? 1) / (inputQuantScale * weightScale);
  });
}

/**
 * Whether float32 sums of the integer products are exact, whatever their order and with or without fused
 * multiply–add: float32 holds every integer up to 2^24, and no partial sum of an output channel can exceed
 * Σ|w| · max|q|. True for almost all int8 convolutions (K · 127 · 128 > 2^24 only from K = 1033, were all weights at the
 * limit), for no int16 convolution but the tiniest.
 */
export function sumsFitFloat32(integers: Int8Array | Int16Array, channels: number, bits: 8 | 16): boolean {
  const size = integers.length / channels;
  const largestInput = Math.max(maxInteger(bits), -minInteger(bits));
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = channel * size; i < (channel + 1) * size; i++) sum += Math.abs(integers[i]);
    if (sum * largestInput > 2 ** 24) return false;
  }
  return true;
}

/**
 * The weights of the `fast` execution: `float32(integer / (input scale · weight scale))`, times the channel's factor, so that a float32 convolution of
 * the input's integers with them gives the dequantised sum. Each is rounded once more than on a device, by 2^-24 of itself.
 */
export function scaledWeights(weight: Tensor, quantization: ConvQuantization): Tensor {
  const integers = quantizedWeights(weight, quantization);
  const [channels] = weight.shape;
  const size = integers.length / channels;
  const factors = dequantizationFactors(quantization, channels);
  const scaled = new Float32Array(integers.length);
  for (let channel = 0; channel < channels; channel++) {
    const factor = factors[channel];
    const end = (channel + 1) * size;
    for (let i = channel * size; i < end; i++) scaled[i] = integers[i] * factor;
  }
  return float32Tensor(scaled, weight.shape, 'OIHW');
}
