import * as ort from 'onnxruntime-node';
import { OnnxBuilder } from '../../../../harness/engines/onnxruntime/onnx-builder.ts';
import {
  QuantizedConvEmitter,
  type QuantizedConvOptions,
} from '../../../../harness/engines/onnxruntime/quantized-conv.ts';
import type { ConvNode, ConvQuantization, Graph } from '../../../../reference/network/graph.ts';
import { float32Tensor, type Tensor } from '../../../../reference/tensor.ts';

export interface ConvCase {
  readonly input: Tensor;
  readonly weight: Tensor;
  readonly bias?: Float32Array;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly quantization: ConvQuantization;
}

/** Runs one quantised convolution alone; any number of channels and any size. */
export async function runQuantizedConv(
  { input, weight, bias, stride = 1, padding = 0, groups = 1, quantization }: ConvCase,
  options: QuantizedConvOptions,
): Promise<{ values: Float32Array; shape: readonly number[]; saturated: number | undefined }> {
  const node: ConvNode & { quantization: ConvQuantization } = {
    op: 'conv2d',
    name: 'conv',
    inputs: ['x'],
    output: 'y',
    weight: 'conv.weight',
    ...(bias && { bias: 'conv.bias' }),
    stride,
    padding,
    groups,
    quantization,
  };
  const tensors = new Map([['conv.weight', weight]]);
  if (bias) tensors.set('conv.bias', float32Tensor(bias, [bias.length]));
  const graph: Graph = { name: 'one', input: 'x', nodes: [node], tensors, outputs: ['y'] };
  const builder = new OnnxBuilder('one');
  builder.addInput('x', ['n', input.shape[1], 'h', 'w']);
  const emitter = new QuantizedConvEmitter(builder, graph, options);
  emitter.emit(node);
  builder.addOutput('y', ['n', weight.shape[0], 'oh', 'ow']);
  const count = emitter.saturation.get('conv');
  if (count !== undefined) builder.addOutput(count, [], 'int32');
  const session = await ort.InferenceSession.create(builder.encode(), {
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 2,
    logSeverityLevel: 3,
  });
  const results = await session.run({ x: new ort.Tensor('float32', input.data, input.shape) });
  const values = Float32Array.from(results.y.data as Float32Array);
  const shape = [...results.y.dims];
  const saturated = count === undefined ? undefined : Number(results[count].data[0]);
  await session.release();
  return { values, shape, saturated };
}

/**
 * The slow oracle: every product and sum a BigInt, straight from the definition of a grouped, strided, padded
 * convolution. `input` and `weight` hold integers.
 */
export function bigIntConv({ input, weight, stride = 1, padding = 0, groups = 1 }: ConvCase): {
  sums: bigint[];
  shape: number[];
} {
  const [batch, channels, height, width] = input.shape;
  const [out, inPerGroup, kernelHeight, kernelWidth] = weight.shape;
  const outHeight = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1;
  const sums: bigint[] = [];
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < out; o++) {
      const firstChannel = Math.floor(o / (out / groups)) * inPerGroup;
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          let sum = 0n;
          for (let c = 0; c < inPerGroup; c++) {
            for (let ky = 0; ky < kernelHeight; ky++) {
              for (let kx = 0; kx < kernelWidth; kx++) {
                const row = y * stride + ky - padding;
                const column = x * stride + kx - padding;
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                const value = input.data[((n * channels + firstChannel + c) * height + row) * width + column];
                const factor = weight.data[((o * inPerGroup + c) * kernelHeight + ky) * kernelWidth + kx];
                sum += BigInt(value) * BigInt(factor);
              }
            }
          }
          sums.push(sum);
        }
      }
    }
  }
  return { sums, shape: [batch, out, outHeight, outWidth] };
}
