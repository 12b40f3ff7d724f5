import type { Tensor } from '../tensor.ts';
import type { QuantizationFinding } from './finding.ts';
import { type Bits, quantScaleOf } from './fixed-point.ts';

/** One quant scale for the whole weight, or one for each output channel. */
export type WeightGranularity = 'per-tensor' | 'per-channel';

export interface WeightScales {
  /** One value, or one per output channel. */
  readonly quantScales: Float32Array;
  readonly findings: readonly QuantizationFinding[];
}

/**
 * Quant scales of a weight whose first axis is the output channel (OIHW, or `[out, in]` of a linear layer):
 * `float32(qmax / absmax)`, as the quantiser does when it saves (torch_mlu/core/quantized/observer.py).
 * An all-zero tensor or channel gets 1 and a finding.
 */
export function weightQuantScales(
  module: string,
  weight: Tensor,
  bits: Bits,
  granularity: WeightGranularity,
): WeightScales {
  const groups = granularity === 'per-tensor' ? 1 : weight.shape[0];
  const size = weight.data.length / groups;
  const quantScales = new Float32Array(groups);
  const findings: QuantizationFinding[] = [];
  for (let group = 0; group < groups; group++) {
    const { quantScale, problem } = quantScaleOf(absmax(weight.data, group * size, (group + 1) * size), bits);
    quantScales[group] = quantScale;
    if (problem) {
      const where = granularity === 'per-tensor' ? 'weight' : `weight of output channel ${group}`;
      findings.push({
        problem,
        module,
        message: `the ${where} of ${module} has no usable range; its quant scale is 1`,
      });
    }
  }
  return { quantScales, findings };
}

/** Largest magnitude in `data[from, to)`; NaN as soon as one value is NaN, 0 for nothing. */
function absmax(data: Float32Array, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    const magnitude = Math.abs(data[i]);
    if (Number.isNaN(magnitude)) return Number.NaN;
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
