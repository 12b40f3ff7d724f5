import { type Bits, type WeightGranularity, weightQuantScales } from '../../reference/quantize/index.ts';
import type { AnyTensor, Tensor } from '../../reference/tensor.ts';

/** Entries that the vendor's quantiser saves beside a weight, with an input scale of one's own. */
export function quantizedModule(
  name: string,
  weight: Tensor,
  {
    bits,
    inputQuantScale = 12.5,
    granularity = 'per-tensor',
  }: {
    readonly bits: Bits;
    readonly inputQuantScale?: number;
    readonly granularity?: WeightGranularity;
  },
): [string, AnyTensor][] {
  const { quantScales } = weightQuantScales(name, weight, bits, granularity);
  const scale = Float32Array.of(inputQuantScale, granularity === 'per-tensor' ? quantScales[0]! : 0);
  return [
    [`${name}.weight`, weight],
    [`${name}.scale`, { dtype: 'float32', shape: [2], data: scale }],
    [`${name}.quantized_mode`, { dtype: 'int32', shape: [1], data: Int32Array.of(bits === 8 ? 1 : 2) }],
    ...(granularity === 'per-channel'
      ? ([
          [
            `${name}.scale_weight_per_channel`,
            { dtype: 'float32', shape: [quantScales.length], data: quantScales },
          ],
        ] as [string, AnyTensor][])
      : []),
  ];
}
