import * as tf from '@tensorflow/tfjs-core';
import { checkInputShape, type Graph } from '../../../reference/network/index.ts';
import type { ValueRange } from '../../../reference/quantize/calibrate.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { BackendError } from '../../errors.ts';
import { causeOf } from '../cause-of.ts';
import type { Engine, LayerSaturation, Session, SessionOptions } from '../engine.ts';
import { prepareGraph } from '../prepare-graph.ts';
import { compileGraph, type GraphProgram, runProgram } from './graph-program.ts';
import { runNode } from './run-node.ts';
import { onRuntime, ownTensors, type Runtime } from './runtime.ts';
import { SaturationCounter } from './saturation-counter.ts';
import { uploadWeights } from './upload-weights.ts';

/** Runs graphs through TensorFlow.js: native where its package works, otherwise WebAssembly. */
export const tfjsEngine: Engine = { name: 'tfjs', open: openSession };

async function openSession(graph: Graph, options: SessionOptions): Promise<Session> {
  const quantized = graph.nodes.some((node) => node.op === 'conv2d' && node.quantization);
  if (quantized && options.quantizedExecution !== 'fast') {
    throw new BackendError(
      'TensorFlow.js runs quantised convolutions in the fast execution only: ask for that, or use the engine onnxruntime',
    );
  }
  if (options.observedValues?.length) {
    throw new BackendError(
      'TensorFlow.js does not observe value ranges here: calibrate with the engine onnxruntime',
    );
  }
  const runtime = await onRuntime(options.threads, async (active) => active);
  return new TfjsSession(prepareGraph(graph), options, runtime);
}

class TfjsSession implements Session {
  readonly engine: string;
  readonly threads: number;
  readonly #graph: Graph;
  readonly #program: GraphProgram;
  readonly #requestedThreads: number;
  readonly #saturation: SaturationCounter | undefined;
  readonly #disown: () => void;
  #weights: ReadonlyMap<string, tf.Tensor> | undefined;

  constructor(graph: Graph, options: SessionOptions, { engine, threads }: Runtime) {
    this.engine = engine;
    this.threads = threads;
    this.#graph = graph;
    this.#program = compileGraph(graph);
    this.#requestedThreads = options.threads;
    this.#saturation = options.countSaturation ? new SaturationCounter(graph) : undefined;
    this.#disown = ownTensors(() => this.#dropWeights());
  }

  async run(input: Tensor): Promise<Tensor[]> {
    try {
      checkInputShape(input.shape);
      return await onRuntime(this.#requestedThreads, () => this.#run(input));
    } catch (cause) {
      if (cause instanceof BackendError) throw cause;
      throw new BackendError(
        `TensorFlow.js failed on ${this.#graph.name} with input [${input.shape.join(', ')}]: ${causeOf(cause)}`,
        { cause },
      );
    }
  }

  saturation(): LayerSaturation[] {
    return this.#saturation?.counts() ?? [];
  }

  observedRanges(): ReadonlyMap<string, ValueRange> {
    return new Map();
  }

  async close(): Promise<void> {
    this.#dropWeights();
    this.#disown();
  }

  async #run(input: Tensor): Promise<Tensor[]> {
    this.#weights ??= uploadWeights(this.#graph);
    const weights = this.#weights;
    const pixels = tf.tidy(() =>
      tf.transpose(tf.tensor4d(input.data, input.shape as [number, number, number, number]), [0, 2, 3, 1]),
    );
    const onSaturated = this.#saturation?.startRun();
    const outputs = runProgram(this.#program, pixels, (node, inputs) =>
      runNode(weights, node, inputs, onSaturated),
    );
    try {
      await this.#saturation?.finishRun(input.shape);
      return await Promise.all(outputs.map(download));
    } finally {
      for (const output of outputs) output.dispose();
    }
  }

  #dropWeights(): void {
    for (const tensor of this.#weights?.values() ?? []) tensor.dispose();
    this.#weights = undefined;
  }
}

/** The head output as it is; a tapped layer from NHWC to NCHW. */
async function download(output: tf.Tensor): Promise<Tensor> {
  if (output.rank === 3) return float32Tensor((await output.data()) as Float32Array, output.shape, 'NAC');
  const planar = tf.transpose(output, [0, 3, 1, 2]);
  try {
    return float32Tensor((await planar.data()) as Float32Array, planar.shape, 'NCHW');
  } finally {
    planar.dispose();
  }
}
