import * as ort from 'onnxruntime-node';
import { type Graph, inferShapes } from '../../../reference/network/index.ts';
import type { ValueRange } from '../../../reference/quantize/calibrate.ts';
import { elementCount, float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { BackendError } from '../../errors.ts';
import { causeOf } from '../cause-of.ts';
import type { Engine, LayerSaturation, Session, SessionOptions } from '../engine.ts';
import { prepareGraph } from '../prepare-graph.ts';
import { graphToOnnx } from './graph-to-onnx.ts';
import { ScalarOutputs } from './scalar-outputs.ts';

/** Runs graphs through ONNX Runtime on the CPU. One session serves every batch and input size. */
export const onnxruntimeEngine: Engine = { name: 'onnxruntime', open: openSession };

async function openSession(original: Graph, options: SessionOptions): Promise<Session> {
  const graph = prepareGraph(original, options.observedValues);
  try {
    const model = graphToOnnx(graph, {
      execution: options.quantizedExecution ?? 'exact',
      countSaturation: options.countSaturation ?? false,
      observedValues: options.observedValues ?? [],
    });
    const session = await ort.InferenceSession.create(model.builder.encode(), {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return new OnnxruntimeSession(graph, session, new ScalarOutputs(graph, model), options.threads);
  } catch (cause) {
    throw new BackendError(`cannot open ${graph.name} in ONNX Runtime: ${causeOf(cause)}`, { cause });
  }
}

/** Buffers of the outputs for the input shape of the last call: written in place by the next one of that shape. */
interface OutputBuffers {
  readonly inputShape: readonly number[];
  /** A tapped graph input needs no buffer. */
  readonly tensors: readonly (Tensor | 'input')[];
  readonly fetches: Record<string, ort.Tensor | null>;
}

class OnnxruntimeSession implements Session {
  readonly engine = `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`;
  readonly threads: number;
  readonly #graph: Graph;
  readonly #session: ort.InferenceSession;
  readonly #scalars: ScalarOutputs;
  #buffers: OutputBuffers | undefined;

  constructor(graph: Graph, session: ort.InferenceSession, scalars: ScalarOutputs, threads: number) {
    this.threads = threads;
    this.#graph = graph;
    this.#session = session;
    this.#scalars = scalars;
  }

  async run(input: Tensor): Promise<Tensor[]> {
    try {
      const { tensors, fetches } = this.#buffersFor(input.shape);
      const feed = new ort.Tensor('float32', input.data, input.shape);
      const results = await this.#session.run({ [this.#graph.input]: feed }, fetches);
      this.#scalars.collect(results, input.shape);
      return tensors.map((tensor) => (tensor === 'input' ? input : tensor));
    } catch (cause) {
      throw new BackendError(
        `ONNX Runtime failed on ${this.#graph.name} with input [${input.shape.join(', ')}]: ${causeOf(cause)}`,
        { cause },
      );
    }
  }

  saturation(): LayerSaturation[] {
    return this.#scalars.saturation();
  }

  observedRanges(): ReadonlyMap<string, ValueRange> {
    return this.#scalars.ranges();
  }

  async close(): Promise<void> {
    this.#buffers = undefined;
    await this.#session.release();
  }

  #buffersFor(inputShape: readonly number[]): OutputBuffers {
    const known = this.#buffers;
    if (known?.inputShape.every((extent, axis) => extent === inputShape[axis])) return known;
    const shapes = inferShapes(this.#graph, inputShape);
    const fetches: Record<string, ort.Tensor | null> = this.#scalars.fetches();
    const tensors: (Tensor | 'input')[] = this.#graph.outputs.map((name) => {
      if (name === this.#graph.input) return 'input';
      const shape = shapes.get(name)!;
      const data = new Float32Array(elementCount(shape));
      fetches[name] = new ort.Tensor('float32', data, shape);
      return float32Tensor(data, shape, shape.length === 3 ? 'NAC' : 'NCHW');
    });
    this.#buffers = { inputShape: [...inputShape], tensors, fetches };
    return this.#buffers;
  }
}
