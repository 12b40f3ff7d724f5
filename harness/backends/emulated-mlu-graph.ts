import {
  fuseBatchNorm,
  type Graph,
  roundActivations,
  splitSilu,
  tabulateSigmoid,
} from '../../reference/network/index.ts';
import type { MluBackendName } from '../config/option-choices.ts';

export interface DeviceNumerics {
  /** Type of the values between operators in the card's memory. */
  readonly activations: 'float32' | 'float16';
  /** Sigmoid and exponential: rounded correctly, or by the tables of `reference/functions`. */
  readonly functions: 'exact' | 'table';
}

/**
 * The network as the card is taken to run it. Online, layer by layer, every operator by itself and rounded by itself;
 * offline, compiled, a convolution with its batch norm and activation in one.
 * @param quantized with its convolutions marked and nothing folded into their weights
 */
export function emulatedMluGraph(
  name: MluBackendName,
  quantized: Graph,
  { activations, functions }: DeviceNumerics,
): Graph {
  const split = splitSilu(name === 'mlu-offline' ? fuseBatchNorm(quantized) : quantized);
  const graph = functions === 'table' ? tabulateSigmoid(split) : split;
  if (activations === 'float32') return graph;
  return roundActivations(graph, name === 'mlu-offline' ? 'group' : 'operator');
}
