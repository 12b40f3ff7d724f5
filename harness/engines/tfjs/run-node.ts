import * as tf from '@tensorflow/tfjs-core';
import { type ConvNode, type GraphNode, LEAKY_RELU_SLOPE } from '../../../reference/network/index.ts';
import { BackendError } from '../../errors.ts';
import { quantizedInput } from './quantized-input.ts';

/** Weights on the backend by their name in the graph; convolutions' as HWIO, depthwise as HWI1. */
export type Weights = ReadonlyMap<string, tf.Tensor>;

/** Takes over a scalar: how many inputs of a quantised convolution were clamped. */
export type SaturationSink = (layer: string, count: tf.Tensor) => void;

/** Carries out one node on NHWC tensors; quantised convolutions in the `fast` way. */
export function runNode(
  weights: Weights,
  node: GraphNode,
  inputs: readonly tf.Tensor[],
  onSaturated?: SaturationSink,
): tf.Tensor {
  return tf.tidy(() => compute(weights, node, inputs as tf.Tensor4D[], onSaturated));
}

function compute(
  weights: Weights,
  node: GraphNode,
  inputs: readonly tf.Tensor4D[],
  onSaturated: SaturationSink | undefined,
): tf.Tensor {
  const [x] = inputs;
  switch (node.op) {
    case 'conv2d':
      if (!node.quantization) return convolution(weights, node, x);
      return convolution(
        weights,
        node,
        quantizedInput(
          x,
          node.quantization,
          onSaturated && ((count) => onSaturated(node.name, tf.keep(count))),
        ),
      );
    case 'batch-norm': {
      const [mean, variance, beta, gamma] = [node.mean, node.variance, node.beta, node.gamma].map(
        (name) => weights.get(name) as tf.Tensor1D,
      );
      return tf.batchNorm(x, mean, variance, beta, gamma, node.epsilon);
    }
    case 'silu':
      return tf.mul(x, tf.sigmoid(x));
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'relu':
      return tf.relu(x);
    case 'leaky-relu':
      return tf.leakyRelu(x, LEAKY_RELU_SLOPE);
    case 'add':
      return tf.add(x, inputs[1]);
    case 'multiply':
      return tf.mul(x, inputs[1]);
    case 'table-sigmoid':
    case 'vendor-half':
      throw new BackendError(
        `TensorFlow.js does not emulate a device's activations (${node.op}): use the engine onnxruntime`,
      );
    case 'concat':
      return tf.concat([...inputs], 3);
    case 'max-pool':
      return tf.maxPool(x, node.kernel, 1, 'same');
    case 'upsample':
      return tf.image.resizeNearestNeighbor(x, [x.shape[1] * 2, x.shape[2] * 2]);
    case 'focus':
      return focus(x);
    case 'flatten-levels': {
      const flattened = inputs.map((level) => {
        const [batch, height, width, channels] = level.shape;
        return tf.reshape(level, [batch, height * width, channels]);
      });
      return tf.concat(flattened, 1);
    }
  }
}

function convolution(weights: Weights, node: ConvNode, x: tf.Tensor4D): tf.Tensor4D {
  const filter = weights.get(node.weight) as tf.Tensor4D;
  const bias = node.bias === undefined ? undefined : (weights.get(node.bias) as tf.Tensor1D);
  // Padding as a number, since 'same' pads the far side first when the stride is 2.
  const options = { x, filter, strides: node.stride, pad: node.padding, ...(bias ? { bias } : {}) };
  return node.groups === 1 ? tf.fused.conv2d(options) : tf.fused.depthwiseConv2d(options);
}

function focus(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const patch = (row: number, column: number) =>
    tf.stridedSlice(x, [0, row, column, 0], [batch, height, width, channels], [1, 2, 2, 1]) as tf.Tensor4D;
  return tf.concat([patch(0, 0), patch(1, 0), patch(0, 1), patch(1, 1)], 3);
}
