import type { ConvScales, Graph } from '../../reference/network/index.ts';
import type { QuantizationRecord } from '../../reports/record/index.ts';
import { countQuantized } from '../backends/quantized-backend.ts';

/** What the record says of a quantised backend before it has run. */
export type QuantizationSetup = Omit<QuantizationRecord, 'saturation' | 'fastAgainstExactDb'>;

/** Input scales of a network, wherever they come from. */
export interface Scales {
  /** Of the weights the scales belong to. */
  readonly graph: Graph;
  readonly scales: ReadonlyMap<string, ConvScales>;
  readonly source: QuantizationSetup['source'];
  readonly weightScales: QuantizationSetup['weightScales'];
  readonly warnings: readonly string[];
}

export function quantizationSetup(
  { graph, source, weightScales }: Scales,
  bits: 8 | 16,
): Omit<QuantizationSetup, 'execution' | 'rounding'> {
  const { quantized, float } = countQuantized(graph);
  return { bits, weightScales, source, convolutions: quantized, floatConvolutions: float };
}
