import type { ConvNode, ConvQuantization, Graph } from '../../../reference/network/graph.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { ONNX_TYPE } from '../../onnx/model-proto.ts';
import type { QuantizedExecution } from '../engine.ts';
import {
  dequantizationFactors,
  quantizedWeights,
  scaledWeights,
  sumsFitFloat32,
} from '../quantized-weights.ts';
import type { Attributes, OnnxBuilder } from './onnx-builder.ts';
import { emitQuantizedInput, type QuantizedInput } from './quantized-input.ts';

export interface QuantizedConvOptions {
  readonly execution: QuantizedExecution;
  readonly countSaturation: boolean;
}

type QuantizedConvNode = ConvNode & { readonly quantization: ConvQuantization };

export function isQuantized(node: ConvNode): node is QuantizedConvNode {
  return node.quantization !== undefined;
}

/**
 * Writes the quantised convolutions of one graph. Convolutions that read the same value with the same scale (the two
 * branches of a CSP layer, the three of a head) share its integers.
 */
export class QuantizedConvEmitter {
  readonly #builder: OnnxBuilder;
  readonly #graph: Graph;
  readonly #options: QuantizedConvOptions;
  readonly #inputs = new Map<string, QuantizedInput>();
  readonly #saturation = new Map<string, string>();

  constructor(builder: OnnxBuilder, graph: Graph, options: QuantizedConvOptions) {
    this.#builder = builder;
    this.#graph = graph;
    this.#options = options;
  }

  /** Layer name → int32 scalar value with the count of its clamped inputs; empty unless counting was asked for. */
  get saturation(): ReadonlyMap<string, string> {
    return this.#saturation;
  }

  emit(node: QuantizedConvNode): void {
    const { value, saturated } = this.#quantizedInput(node);
    if (saturated !== undefined) this.#saturation.set(node.name, saturated);
    if (this.#options.execution === 'fast') {
      this.#emitFast(node, value);
      return;
    }
    const weight = this.#graph.tensors.get(node.weight)!;
    const [channels] = weight.shape;
    const integers = quantizedWeights(weight, node.quantization);
    const sums = sumsFitFloat32(integers, channels, node.quantization.bits)
      ? this.#emitFloat32Sums(node, value, integers)
      : this.#emitFloat64Sums(node, value, integers);
    this.#emitDequantized(node, sums, dequantizationFactors(node.quantization, channels));
  }

  #quantizedInput(node: QuantizedConvNode): QuantizedInput {
    const { bits, inputQuantScale, rounding } = node.quantization;
    const key = [node.inputs[0], inputQuantScale, bits, rounding].join('|');
    const known = this.#inputs.get(key);
    if (known) return known;
    const made = emitQuantizedInput(
      this.#builder,
      node.inputs[0],
      node.quantization,
      this.#options.countSaturation,
    );
    this.#inputs.set(key, made);
    return made;
  }

  /** A float32 convolution of the integers with weights that carry the scales; ONNX Runtime folds batch norm into them. */
  #emitFast(node: QuantizedConvNode, value: string): void {
    const weights = scaledWeights(this.#graph.tensors.get(node.weight)!, node.quantization);
    const inputs = [value, this.#builder.addInitializer(`${node.name}.scaled`, weights)];
    if (node.bias !== undefined) {
      inputs.push(this.#builder.addInitializer(node.bias, this.#graph.tensors.get(node.bias)!));
    }
    this.#builder.addNode('Conv', inputs, this.#convAttributes(node), node.output);
  }

  /** Exact by `sumsFitFloat32`. `[N, O, h, w]` in float64. */
  #emitFloat32Sums(node: QuantizedConvNode, value: string, integers: Int8Array | Int16Array): string {
    const { shape } = this.#graph.tensors.get(node.weight)!;
    const weights = float32Tensor(Float32Array.from(integers), shape);
    const name = this.#builder.addInitializer(`${node.name}.integers`, weights);
    const sums = this.#builder.addNode('Conv', [value, name], this.#convAttributes(node));
    // Another type behind the convolution also keeps ONNX Runtime from folding the scale or batch norm into the integers.
    return this.#builder.addNode('Cast', [sums], { to: { int: ONNX_TYPE.float64 } });
  }

  /**
   * A float64 matrix product of the weights and the unfolded input: `[N, O, h, w]`, every sum exact.
   *
   * A product of two int16 is at most 2^30 in magnitude and float64 holds every integer up to 2^53, so that sums of up to
   * 2^23 = 8,388,608 products are exact in any order; the largest convolution of YOLOX-x has 3·3·1280 = 11,520. Measured
   * against four ConvInteger on bytes and against float32 convolutions on bytes in pieces of 1,024 products (the largest
   * that float32 sums exactly), this is 2 to 10 times faster.
   */
  #emitFloat64Sums(node: QuantizedConvNode, value: string, integers: Int8Array | Int16Array): string {
    const builder = this.#builder;
    const [channels, inPerGroup, height, width] = this.#graph.tensors.get(node.weight)!.shape;
    const terms = inPerGroup * height * width;
    const unfolded = this.#emitUnfolded(node, value, inPerGroup * node.groups, height, width);
    const columns = builder.addNode('Reshape', [
      builder.addNode('Cast', [unfolded], { to: { int: ONNX_TYPE.float64 } }),
      builder.addInts([0, node.groups, terms, -1]),
    ]);
    const matrix = builder.addInitializer(`${node.name}.integers`, {
      dtype: 'float64',
      shape: [node.groups, channels / node.groups, terms],
      data: Float64Array.from(integers),
    });
    const sums = builder.addNode('MatMul', [matrix, columns]);
    const extents = builder.addNode('Shape', [unfolded], { start: { int: 2 } });
    const shape = builder.addNode('Concat', [builder.addInts([0, channels]), extents], { axis: { int: 0 } });
    return builder.addNode('Reshape', [sums, shape]);
  }

  /**
   * The kh·kw shifted copies of each channel, `[N, C·kh·kw, h, w]`, in the order of the weights: a grouped convolution whose
   * kernels are one 1 among zeros. It only moves values, so float32 is exact, and it is the one operator of ONNX Runtime
   * that does so on all threads.
   */
  #emitUnfolded(
    node: QuantizedConvNode,
    value: string,
    channels: number,
    height: number,
    width: number,
  ): string {
    const taps = height * width;
    if (taps === 1 && node.stride === 1 && node.padding === 0) return value;
    const kernels = new Float32Array(channels * taps * taps);
    for (let i = 0; i < channels * taps; i++) kernels[i * taps + (i % taps)] = 1;
    const name = this.#builder.addInitializer(
      `unfold(${channels},${height},${width})`,
      float32Tensor(kernels, [channels * taps, 1, height, width]),
    );
    return this.#builder.addNode('Conv', [value, name], {
      ...this.#convAttributes(node),
      group: { int: channels },
    });
  }

  #emitDequantized(node: QuantizedConvNode, sums: string, factors: Float64Array): void {
    const builder = this.#builder;
    const shape = [factors.length, 1, 1];
    const scale = builder.addInitializer(`${node.name}.factors`, { dtype: 'float64', shape, data: factors });
    const bias = node.bias === undefined ? undefined : this.#graph.tensors.get(node.bias)!;
    const values = builder.addNode('Mul', [sums, scale]);
    const to = { to: { int: ONNX_TYPE.float32 } };
    if (bias === undefined) {
      builder.addNode('Cast', [values], to, node.output);
      return;
    }
    const addend = builder.addInitializer(`${node.name}.addend`, float32Tensor(bias.data, shape));
    builder.addNode('Add', [builder.addNode('Cast', [values], to), addend], {}, node.output);
  }

  #convAttributes(node: QuantizedConvNode): Attributes {
    const { padding, stride } = node;
    const { shape } = this.#graph.tensors.get(node.weight)!;
    return {
      dilations: { ints: [1, 1] },
      group: { int: node.groups },
      kernel_shape: { ints: shape.slice(2) },
      pads: { ints: [padding, padding, padding, padding] },
      strides: { ints: [stride, stride] },
    };
  }
}
