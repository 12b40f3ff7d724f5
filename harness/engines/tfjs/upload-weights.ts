import * as tf from '@tensorflow/tfjs-core';
import type { ConvQuantization, Graph } from '../../../reference/network/index.ts';
import type { Tensor } from '../../../reference/tensor.ts';
import { BackendError } from '../../errors.ts';
import { scaledWeights } from '../quantized-weights.ts';

/**
 * Puts the weights of a graph onto the backend in the axis order of TensorFlow; those of a quantised convolution as its
 * integers with the scales in them.
 */
export function uploadWeights(graph: Graph): Map<string, tf.Tensor> {
  const depthwise = new Set<string>();
  const quantized = new Map<string, ConvQuantization>();
  for (const node of graph.nodes) {
    if (node.op !== 'conv2d') continue;
    if (node.quantization) quantized.set(node.weight, node.quantization);
    if (node.groups === 1) continue;
    const [channels, perGroup] = graph.tensors.get(node.weight)!.shape;
    if (perGroup !== 1 || channels !== node.groups) {
      throw new BackendError(
        `TensorFlow.js runs plain and depthwise convolutions, and ${node.name} has ${node.groups} groups: use onnxruntime`,
      );
    }
    depthwise.add(node.weight);
  }
  const weights = new Map<string, tf.Tensor>();
  for (const [name, original] of graph.tensors) {
    const quantization = quantized.get(name);
    const tensor = quantization ? scaledWeights(original, quantization) : original;
    weights.set(
      name,
      tensor.shape.length === 4 ? filter(tensor, depthwise.has(name)) : tf.tensor1d(tensor.data),
    );
  }
  return weights;
}

/** OIHW as HWIO. Depthwise weights have I = 1, so HWIO and TensorFlow's HWO1 are the same numbers in the same order. */
function filter({ data, shape }: Tensor, depthwise: boolean): tf.Tensor4D {
  const [out, inPerGroup, height, width] = shape;
  const area = height * width;
  const ordered = new Float32Array(data.length);
  let target = 0;
  for (let position = 0; position < area; position++) {
    for (let input = 0; input < inPerGroup; input++) {
      for (let o = 0; o < out; o++) ordered[target++] = data[(o * inPerGroup + input) * area + position];
    }
  }
  return tf.tensor4d(ordered, depthwise ? [height, width, out, 1] : [height, width, inPerGroup, out]);
}
