import type { ActivationNode, GraphNode } from './graph.ts';
import type { YoloxVariant } from './yolox-variant.ts';

/** A value under construction: its name in the graph and its channels. */
export interface Value {
  readonly name: string;
  readonly channels: number;
}

/** One convolution as the variant prescribes it. */
export interface ConvolutionLayout {
  /** Module path: `<name>.weight` is its state-dict key. */
  readonly name: string;
  /** OIHW. */
  readonly weightShape: readonly [number, number, number, number];
  readonly stride: number;
  readonly padding: number;
  readonly groups: number;
  /** Whether the state dict has `<name>.bias`. */
  readonly bias: boolean;
  /** Module path of the batch norm behind it. */
  readonly batchNorm?: string;
}

/** Layers of a network without its weights: nodes and convolutions in forward order. */
export interface NetworkLayout {
  readonly input: string;
  readonly output: string;
  readonly nodes: readonly GraphNode[];
  readonly convolutions: readonly ConvolutionLayout[];
}

export interface ConvolutionOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** Batch norm epsilon that YOLOX sets in every experiment (`init_yolo` in `yolox/exp/yolox_base.py`). */
const BATCH_NORM_EPSILON = 1e-3;

/**
 * Collects the nodes of a network in the order in which it runs. Each value is named after the node that makes it,
 * and knows its channels, so that a layer states only what it gives out.
 */
export class LayoutBuilder {
  readonly variant: YoloxVariant;
  readonly nodes: GraphNode[] = [];
  readonly convolutions: ConvolutionLayout[] = [];

  constructor(variant: YoloxVariant) {
    this.variant = variant;
  }

  /** Convolution, batch norm and activation: YOLOX `BaseConv`. */
  convBlock(path: string, input: Value, outChannels: number, options: ConvolutionOptions): Value {
    const batchNorm = this.variant.batchNorm ? `${path}.bn` : undefined;
    const convolved = this.#convolution(`${path}.conv`, input, outChannels, options, batchNorm);
    const normalised = batchNorm ? this.#batchNorm(batchNorm, convolved) : convolved;
    return this.activation(this.variant.activation, `${path}.act`, normalised);
  }

  /** A bare 1×1 convolution with bias: a prediction layer of the head. */
  prediction(path: string, input: Value, outChannels: number): Value {
    return this.#convolution(path, input, outChannels, { kernel: 1 }, undefined);
  }

  activation(op: ActivationNode['op'], name: string, input: Value): Value {
    return this.#add({ op, name, inputs: [input.name], output: name }, input.channels);
  }

  add(name: string, first: Value, second: Value): Value {
    return this.#add({ op: 'add', name, inputs: [first.name, second.name], output: name }, first.channels);
  }

  concat(name: string, values: readonly Value[]): Value {
    const channels = values.reduce((sum, value) => sum + value.channels, 0);
    return this.#add(
      { op: 'concat', name, inputs: values.map((value) => value.name), output: name },
      channels,
    );
  }

  maxPool(name: string, input: Value, kernel: number): Value {
    return this.#add({ op: 'max-pool', name, inputs: [input.name], output: name, kernel }, input.channels);
  }

  upsample(name: string, input: Value): Value {
    return this.#add({ op: 'upsample', name, inputs: [input.name], output: name }, input.channels);
  }

  focus(name: string, input: Value): Value {
    return this.#add({ op: 'focus', name, inputs: [input.name], output: name }, input.channels * 4);
  }

  flattenLevels(name: string, levels: readonly Value[]): Value {
    const inputs = levels.map((level) => level.name);
    return this.#add({ op: 'flatten-levels', name, inputs, output: name }, levels[0].channels);
  }

  #convolution(
    name: string,
    input: Value,
    outChannels: number,
    { kernel, stride = 1, groups = 1 }: ConvolutionOptions,
    batchNorm: string | undefined,
  ): Value {
    const padding = (kernel - 1) / 2;
    const bias = batchNorm === undefined;
    const weightShape = [outChannels, input.channels / groups, kernel, kernel] as const;
    this.convolutions.push({
      name,
      weightShape,
      stride,
      padding,
      groups,
      bias,
      ...(batchNorm === undefined ? {} : { batchNorm }),
    });
    return this.#add(
      {
        op: 'conv2d',
        name,
        inputs: [input.name],
        output: name,
        weight: `${name}.weight`,
        ...(bias ? { bias: `${name}.bias` } : {}),
        stride,
        padding,
        groups,
      },
      outChannels,
    );
  }

  #batchNorm(name: string, input: Value): Value {
    return this.#add(
      {
        op: 'batch-norm',
        name,
        inputs: [input.name],
        output: name,
        gamma: `${name}.weight`,
        beta: `${name}.bias`,
        mean: `${name}.running_mean`,
        variance: `${name}.running_var`,
        epsilon: BATCH_NORM_EPSILON,
      },
      input.channels,
    );
  }

  #add(node: GraphNode, channels: number): Value {
    this.nodes.push(node);
    return { name: node.output, channels };
  }
}
