import type { AnyTensor, NamedTensors, Tensor } from '../tensor.ts';
import { checkParameters } from './describe-variant.ts';
import { expectedParameters } from './expected-parameters.ts';
import type { Graph } from './graph.ts';
import { yoloxLayout } from './yolox-layout.ts';
import type { YoloxVariant } from './yolox-variant.ts';

/**
 * The network of a variant over the given weights, which are not copied. Input: NCHW pixels `[N, 3, H, W]`, H and W
 * multiples of 32. Output: `[N, anchors, 5 + classes]`, objectness and classes after sigmoid, boxes not decoded.
 * @throws RangeError when the weights are not those of the variant; TypeError when one that the network computes with is
 * not float32.
 */
export function buildYolox(variant: YoloxVariant, tensors: NamedTensors): Graph {
  checkParameters(tensors, variant);
  const layout = yoloxLayout(variant);
  const parameters = new Map<string, Tensor>();
  for (const name of expectedParameters(variant).keys()) {
    if (name.endsWith('.num_batches_tracked')) continue;
    parameters.set(name, requireFloat32(name, tensors.get(name)!));
  }
  return {
    name: variant.name === 'custom' ? 'yolox' : `yolox_${variant.name}`,
    input: layout.input,
    nodes: layout.nodes,
    tensors: parameters,
    outputs: [layout.output],
  };
}

function requireFloat32(name: string, tensor: AnyTensor): Tensor {
  if (tensor.dtype !== 'float32') {
    throw new TypeError(
      `the network computes in float32, and "${name}" is ${tensor.dtype}: convert it first`,
    );
  }
  return tensor;
}
