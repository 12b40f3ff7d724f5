import {
  type ConvScales,
  foldBatchNorm,
  type Graph,
  quantizableConvs,
  quantizeConvs,
  type RoundingMode,
} from '../../reference/network/index.ts';
import type { Engine, QuantizedExecution } from '../engines/engine.ts';
import { BadDataError } from '../errors.ts';
import type { BackendFactory } from './backend.ts';
import { networkBackend } from './network-backend.ts';

export interface QuantizedBackendOptions {
  readonly name: string;
  /** As the official source has it: scales belong to weights that nothing was folded into. */
  readonly graph: Graph;
  readonly scales: ReadonlyMap<string, ConvScales>;
  readonly bits: 8 | 16;
  readonly rounding: RoundingMode;
  readonly execution: QuantizedExecution;
  readonly engine: Engine;
}

/**
 * `int16` / `int8`: the MLU's quantised convolutions, emulated on the CPU. Everything between them stays float32.
 * @throws BadDataError when scales and network do not belong together.
 */
export function quantizedBackend(options: QuantizedBackendOptions): BackendFactory {
  const { name, scales, bits, rounding, execution, engine } = options;
  return networkBackend({
    name,
    graph: foldBatchNorm(markQuantized(options.graph, scales, rounding)),
    engine,
    precision: `int${bits} ${execution}`,
    outputProvenance: 'emulated',
    execution,
  });
}

/** How many convolutions of a network run on integers, and how many stay float (the depthwise ones). */
export function countQuantized(graph: Graph): { quantized: number; float: number } {
  const quantized = quantizableConvs(graph).length;
  return { quantized, float: graph.nodes.filter((node) => node.op === 'conv2d').length - quantized };
}

/**
 * Marks the convolutions that run on integers.
 * @throws BadDataError when scales and network do not belong together.
 */
export function markQuantized(
  graph: Graph,
  scales: ReadonlyMap<string, ConvScales>,
  rounding: RoundingMode,
): Graph {
  try {
    return quantizeConvs(graph, scales, { rounding });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(error.message, { cause: error });
  }
}
