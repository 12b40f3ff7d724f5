import { tableSigmoid } from '../../reference/functions/index.ts';
import type { ConvNode, ConvQuantization, Graph, GraphNode } from '../../reference/network/index.ts';
import { quantize, roundToVendorHalf } from '../../reference/quantize/index.ts';

export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/**
 * The slow oracle of graphs: every operation written out element by element, in float64, each result going through
 * `round` (`Math.fround` for an engine that keeps its values in float32). A quantised convolution is its sum of integers,
 * rounded to float32, plus its bias.
 */
export function interpretGraph(
  graph: Graph,
  shape: readonly number[],
  pixels: ArrayLike<number>,
  round: (x: number) => number = (x) => x,
): Value[] {
  const values = new Map<string, Value>([[graph.input, { shape, data: Float64Array.from(pixels) }]]);
  for (const node of graph.nodes) {
    const { shape: made, data } = interpretNode(
      graph,
      node,
      node.inputs.map((name) => values.get(name)!),
    );
    values.set(node.output, { shape: made, data: data.map(round) });
  }
  return graph.outputs.map((name) => values.get(name)!);
}

/** One operation, in float64. */
export function interpretNode(graph: Graph, node: GraphNode, inputs: Value[]): Value {
  const [x] = inputs;
  const [batch, channels, height, width] = x!.shape as [number, number, number, number];
  const at = (value: Value, n: number, c: number, row: number, column: number): number => {
    const [, C, H, W] = value.shape as [number, number, number, number];
    return value.data[((n * C + c) * H + row) * W + column]!;
  };
  const make = (
    shape: [number, number, number, number],
    element: (n: number, c: number, row: number, column: number) => number,
  ): Value => {
    const data: number[] = [];
    for (let n = 0; n < shape[0]; n++)
      for (let c = 0; c < shape[1]; c++)
        for (let row = 0; row < shape[2]; row++)
          for (let column = 0; column < shape[3]; column++) data.push(element(n, c, row, column));
    return { shape, data: Float64Array.from(data) };
  };
  const map = (f: (value: number) => number): Value => ({ shape: x!.shape, data: x!.data.map(f) });
  const parameter = (name: string): Float32Array => graph.tensors.get(name)!.data;
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

  switch (node.op) {
    case 'conv2d':
      return node.quantization
        ? convolveIntegers(graph, node, node.quantization, x!, make, at)
        : convolve(graph, node, x!, make, at);
    case 'batch-norm':
      return make(x!.shape as [number, number, number, number], (n, c, row, column) => {
        const spread = Math.sqrt(parameter(node.variance)[c]! + node.epsilon);
        const normal = (at(x!, n, c, row, column) - parameter(node.mean)[c]!) / spread;
        return normal * parameter(node.gamma)[c]! + parameter(node.beta)[c]!;
      });
    case 'silu':
      return map((value) => value * sigmoid(value));
    case 'sigmoid':
      return map(sigmoid);
    case 'relu':
      return map((value) => Math.max(value, 0));
    case 'leaky-relu':
      return map((value) => (value > 0 ? value : 0.1 * value));
    case 'table-sigmoid':
      return map(tableSigmoid);
    case 'vendor-half':
      return map(roundToVendorHalf);
    case 'multiply':
      return { shape: x!.shape, data: x!.data.map((value, i) => value * inputs[1]!.data[i]!) };
    case 'add':
      return { shape: x!.shape, data: x!.data.map((value, i) => value + inputs[1]!.data[i]!) };
    case 'concat': {
      const owners = inputs.flatMap((value) =>
        Array.from({ length: value.shape[1]! }, (_, c) => [value, c] as const),
      );
      return make([batch, owners.length, height, width], (n, c, row, column) => {
        const [value, channel] = owners[c]!;
        return at(value, n, channel, row, column);
      });
    }
    case 'max-pool': {
      const reach = (node.kernel - 1) / 2;
      return make([batch, channels, height, width], (n, c, row, column) => {
        let largest = Number.NEGATIVE_INFINITY;
        for (let r = Math.max(0, row - reach); r <= Math.min(height - 1, row + reach); r++)
          for (let s = Math.max(0, column - reach); s <= Math.min(width - 1, column + reach); s++)
            largest = Math.max(largest, at(x!, n, c, r, s));
        return largest;
      });
    }
    case 'upsample':
      return make([batch, channels, height * 2, width * 2], (n, c, row, column) =>
        at(x!, n, c, row >> 1, column >> 1),
      );
    case 'focus':
      return make([batch, channels * 4, height / 2, width / 2], (n, c, row, column) => {
        // Patches in the order top-left, bottom-left, top-right, bottom-right: the row changes first.
        const patch = Math.floor(c / channels);
        return at(x!, n, c % channels, 2 * row + (patch % 2), 2 * column + (patch >> 1));
      });
    case 'flatten-levels': {
      const rows: number[] = [];
      for (let n = 0; n < batch; n++)
        for (const level of inputs)
          for (let row = 0; row < level.shape[2]!; row++)
            for (let column = 0; column < level.shape[3]!; column++)
              for (let c = 0; c < channels; c++) rows.push(at(level, n, c, row, column));
      const anchors = inputs.reduce((sum, level) => sum + level.shape[2]! * level.shape[3]!, 0);
      return { shape: [batch, anchors, channels], data: Float64Array.from(rows) };
    }
  }
}

function convolveIntegers(
  graph: Graph,
  { bias, ...node }: ConvNode,
  { bits, rounding, inputQuantScale, weightQuantScale, channelFactor }: ConvQuantization,
  x: Value,
  make: Make,
  at: At,
): Value {
  const integers = (values: ArrayLike<number>, quantScale: number): Float32Array =>
    Float32Array.from(quantize(Float32Array.from(values), quantScale, bits, rounding).integers);
  const weight = graph.tensors.get(node.weight)!;
  const size = weight.data.length / weight.shape[0]!;
  const weightScale = (channel: number): number =>
    weightQuantScale[weightQuantScale.length === 1 ? 0 : channel]!;
  const quantized = new Float32Array(weight.data.length);
  for (let channel = 0; channel < weight.shape[0]!; channel++) {
    const start = channel * size;
    quantized.set(integers(weight.data.subarray(start, start + size), weightScale(channel)), start);
  }
  const tensors = new Map([[node.weight, { ...weight, data: quantized }]]);
  const input = { shape: x.shape, data: Float64Array.from(integers(x.data, inputQuantScale)) };
  const sums = convolve({ ...graph, tensors }, node, input, make, at);
  const addend = bias === undefined ? undefined : graph.tensors.get(bias)!.data;
  const [, channels, height, width] = sums.shape as [number, number, number, number];
  const data = sums.data.map((sum, i) => {
    const channel = Math.floor(i / (height * width)) % channels;
    const factor = (channelFactor?.[channel] ?? 1) / (inputQuantScale * weightScale(channel));
    return Math.fround(sum * factor) + (addend?.[channel] ?? 0);
  });
  return { shape: sums.shape, data };
}

type At = (value: Value, n: number, c: number, row: number, column: number) => number;
type Make = (
  shape: [number, number, number, number],
  element: (n: number, c: number, row: number, column: number) => number,
) => Value;

function convolve(graph: Graph, node: ConvNode, x: Value, make: Make, at: At): Value {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const weight = graph.tensors.get(node.weight)!;
  const [out, perGroup, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
  const bias = node.bias === undefined ? undefined : graph.tensors.get(node.bias)!.data;
  const extent = (size: number, kernel: number) =>
    Math.floor((size + 2 * node.padding - kernel) / node.stride) + 1;
  return make([batch, out, extent(height, kernelHeight), extent(width, kernelWidth)], (n, o, row, column) => {
    const group = Math.floor(o / (out / node.groups));
    let sum = bias?.[o] ?? 0;
    for (let i = 0; i < perGroup; i++)
      for (let r = 0; r < kernelHeight; r++)
        for (let s = 0; s < kernelWidth; s++) {
          const y = row * node.stride + r - node.padding;
          const z = column * node.stride + s - node.padding;
          if (y < 0 || z < 0 || y >= height || z >= width) continue;
          const w = weight.data[((o * perGroup + i) * kernelHeight + r) * kernelWidth + s]!;
          sum += w * at(x, n, group * perGroup + i, y, z);
        }
    return sum;
  });
}
