import type { Graph, GraphNode } from '../../reference/network/index.ts';
import { createRandom } from '../../reference/random.ts';
import { elementCount, float32Tensor, type Tensor } from '../../reference/tensor.ts';

/**
 * A small random network that has every operation of the graph language at least once, in an order that its seed
 * decides, and ends in three levels joined. Input sizes are multiples of 32.
 */
export function randomGraph(seed: number): Graph {
  const random = createRandom(seed);
  const nodes: GraphNode[] = [];
  const tensors = new Map<string, Tensor>();
  const draw = (count: number, mean: number, deviation: number) =>
    Float32Array.from({ length: count }, () => mean + deviation * random.gaussian());
  const tensor = (name: string, shape: number[], mean: number, deviation: number): string => {
    tensors.set(name, float32Tensor(draw(elementCount(shape), mean, deviation), shape));
    return name;
  };
  const add = (node: GraphNode): string => {
    nodes.push(node);
    return node.output;
  };
  const named = (op: string) => {
    const name = `${op}.${nodes.length}`;
    return { name, output: name };
  };
  const conv = (
    input: string,
    from: number,
    to: number,
    kernel: number,
    stride: number,
    padding: number,
    depthwise = false,
    bias = random.next() < 0.5,
  ) => {
    const face = named('conv');
    const perGroup = depthwise ? 1 : from;
    return add({
      op: 'conv2d',
      ...face,
      inputs: [input],
      weight: tensor(
        `${face.name}.weight`,
        [to, perGroup, kernel, kernel],
        0,
        1 / Math.sqrt(perGroup * kernel * kernel),
      ),
      ...(bias ? { bias: tensor(`${face.name}.bias`, [to], 0, 0.5) } : {}),
      stride,
      padding,
      groups: depthwise ? from : 1,
    });
  };
  const norm = (input: string, channels: number) => {
    const face = named('bn');
    const part = (name: string, mean: number) => tensor(`${face.name}.${name}`, [channels], mean, 0.2);
    const variance = `${face.name}.running_var`;
    tensors.set(variance, float32Tensor(draw(channels, 0, 0.3).map(Math.exp), [channels]));
    return add({
      op: 'batch-norm',
      ...face,
      inputs: [input],
      gamma: part('weight', 1),
      beta: part('bias', 0),
      mean: part('running_mean', 0),
      variance,
      epsilon: 1e-3,
    });
  };

  const channels = 2 + random.integer(5);
  const focused = add({ op: 'focus', ...named('focus'), inputs: ['images'] });
  let x = norm(conv(focused, 12, channels, 3, 1, 1), channels);
  x = norm(conv(x, channels, channels, 3, 2, 1), channels);

  const steps: (() => string)[] = [
    () => add({ op: 'silu', ...named('silu'), inputs: [x] }),
    () => add({ op: 'sigmoid', ...named('sigmoid'), inputs: [x] }),
    () => add({ op: 'relu', ...named('relu'), inputs: [x] }),
    () => add({ op: 'leaky-relu', ...named('leaky'), inputs: [x] }),
    () => norm(conv(x, channels, channels, 3, 1, 1, true), channels),
    () => norm(x, channels),
    () => conv(x, channels, channels, 1, 1, 0),
    () => conv(x, channels, channels, 5, 1, 2),
    () => add({ op: 'max-pool', ...named('pool'), inputs: [x], kernel: [5, 9, 13][random.integer(3)]! }),
    () => {
      const branch = conv(x, channels, channels, 3, 1, 1);
      return add({ op: 'add', ...named('add'), inputs: [x, branch] });
    },
    () => {
      const branch = conv(x, channels, 2, 1, 1, 0);
      const joined = add({ op: 'concat', ...named('concat'), inputs: [branch, x] });
      return conv(joined, channels + 2, channels, 1, 1, 0);
    },
    () => {
      const reduced = conv(x, channels, channels, 3, 2, 1, random.next() < 0.5);
      return add({ op: 'upsample', ...named('upsample'), inputs: [reduced] });
    },
  ];
  for (const step of random.shuffle(steps)) x = step();

  const second = conv(x, channels, channels, 3, 2, 1);
  const third = conv(second, channels, channels, 3, 2, 1, true);
  const output = add({ op: 'flatten-levels', ...named('output'), inputs: [x, second, third] });
  return { name: `random_${seed}`, input: 'images', nodes, tensors, outputs: [output] };
}

/** Pixels in 0–255 over 255, so that the values of a random network stay near 1. */
export function randomPixels(shape: readonly number[], seed: number): Tensor {
  const random = createRandom(seed);
  return float32Tensor(
    Float32Array.from({ length: elementCount(shape) }, () => random.next()),
    shape,
    'NCHW',
  );
}
