import type { Graph } from '../../reference/network/graph.ts';
import type { ValueRange } from '../../reference/quantize/calibrate.ts';
import type { Tensor } from '../../reference/tensor.ts';

export type EngineName = 'onnxruntime' | 'tfjs';

/** How a quantised convolution is carried out; meaningless for a graph without one. */
export type QuantizedExecution =
  /** Integer products, accumulated exactly. */
  | 'exact'
  /** Values rounded to the integer grid, multiplied and summed in float32. */
  | 'fast';

export interface SessionOptions {
  /** CPU threads inside one inference: a CPU's core number. */
  readonly threads: number;
  readonly quantizedExecution?: QuantizedExecution;
  /** Count the inputs of each quantised convolution that fall outside its integer range; costs time, so off for latency. */
  readonly countSaturation?: boolean;
  /** Values of the graph to take the range of at each run, for calibration: far cheaper than handing them out. */
  readonly observedValues?: readonly string[];
}

/** Inputs of one quantised convolution that were clamped, over all calls of `run` so far. */
export interface LayerSaturation {
  readonly layer: string;
  readonly saturated: number;
  readonly total: number;
}

/** A graph made ready to run for one input shape family. */
export interface Session {
  /** What runs, for the record: library, version and variant, e.g. `onnxruntime-node 1.30.0`, `tfjs 4.22.0 (wasm, simd)`. */
  readonly engine: string;
  /** Threads that one inference really uses: an engine that cannot use as many as asked for says so here. */
  readonly threads: number;
  /**
   * Runs the graph on NCHW pixels `[batch, 3, height, width]`.
   * The returned tensors are in the order of `graph.outputs` and may be reused by the next call: copy to keep.
   */
  run(input: Tensor): Promise<Tensor[]>;
  /** One entry a quantised convolution, in graph order; empty unless `countSaturation` was asked for. */
  saturation(): LayerSaturation[];
  /** Smallest and largest element of each of `observedValues` in the last call of `run`; empty before the first. */
  observedRanges(): ReadonlyMap<string, ValueRange>;
  close(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  open(graph: Graph, options: SessionOptions): Promise<Session>;
}
