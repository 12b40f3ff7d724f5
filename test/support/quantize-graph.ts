import {
  type Graph,
  quantizableConvs,
  quantizeConvs,
  scalesFromCalibration,
} from '../../reference/network/index.ts';

/** A graph with its convolutions quantised as if every input had been seen to reach `absmax`. */
export function quantizeGraph(graph: Graph, bits: 8 | 16, absmax: number): Graph {
  const ranges = new Map(quantizableConvs(graph).map(({ name }) => [name, absmax]));
  const { scales } = scalesFromCalibration(graph, ranges, { bits, weightGranularity: 'per-channel' });
  return quantizeConvs(graph, scales, { rounding: 'half-away-from-zero' });
}
