import type { Graph, GraphNode } from './graph.ts';

/** NCHW, or NAC for the head output. */
export type Shape = readonly number[];

/**
 * Shape of every value of a graph for an input of the given NCHW shape.
 * @throws RangeError when the input is not `[batch, 3, height, width]` with sizes that are multiples of 32, or when
 * values do not fit together.
 */
export function inferShapes(graph: Graph, inputShape: Shape): Map<string, Shape> {
  checkInputShape(inputShape);
  const shapes = new Map<string, Shape>([[graph.input, inputShape]]);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => {
      const shape = shapes.get(name);
      if (!shape)
        throw new RangeError(`"${node.name}" uses the value "${name}", which no earlier node makes`);
      return shape;
    });
    shapes.set(node.output, outputShape(graph, node, inputs));
  }
  return shapes;
}

/**
 * Checks the shape of a batch of letterboxed images.
 * @throws RangeError unless it is `[batch, 3, height, width]`, batch from 1, height and width multiples of 32.
 */
export function checkInputShape(shape: Shape): void {
  const [batch, channels, height, width] = shape;
  const fits =
    shape.length === 4 &&
    shape.every((extent) => Number.isInteger(extent) && extent > 0) &&
    batch >= 1 &&
    channels === 3 &&
    height % 32 === 0 &&
    width % 32 === 0;
  if (!fits) {
    throw new RangeError(
      `the network takes pixels of shape [batch, 3, height, width], sizes multiples of 32, not [${shape.join(', ')}]`,
    );
  }
}

function outputShape(graph: Graph, node: GraphNode, inputs: readonly Shape[]): Shape {
  const [batch, channels, height, width] = inputs[0];
  switch (node.op) {
    case 'conv2d': {
      const weight = graph.tensors.get(node.weight);
      if (!weight) throw new RangeError(`"${node.name}" has no weights "${node.weight}"`);
      const [out, inPerGroup, kernelHeight, kernelWidth] = weight.shape;
      if (inPerGroup * node.groups !== channels) {
        throw new RangeError(`"${node.name}" takes ${inPerGroup * node.groups} channels, not ${channels}`);
      }
      const extent = (size: number, kernel: number) =>
        Math.floor((size + 2 * node.padding - kernel) / node.stride) + 1;
      return [batch, out, extent(height, kernelHeight), extent(width, kernelWidth)];
    }
    case 'concat': {
      for (const shape of inputs) {
        if (shape[0] !== batch || shape[2] !== height || shape[3] !== width) {
          throw new RangeError(
            `"${node.name}" cannot join [${shape.join(', ')}] to [${inputs[0].join(', ')}]`,
          );
        }
      }
      return [batch, inputs.reduce((sum, shape) => sum + shape[1], 0), height, width];
    }
    case 'upsample':
      return [batch, channels, height * 2, width * 2];
    case 'focus':
      return [batch, channels * 4, height / 2, width / 2];
    case 'flatten-levels':
      return [batch, inputs.reduce((sum, shape) => sum + shape[2] * shape[3], 0), channels];
    case 'add':
    case 'multiply': {
      if (inputs[1].some((extent, i) => extent !== inputs[0][i])) {
        throw new RangeError(
          `"${node.name}" cannot ${node.op} [${inputs[1].join(', ')}] to [${inputs[0].join(', ')}]`,
        );
      }
      return inputs[0];
    }
    default:
      return inputs[0];
  }
}
