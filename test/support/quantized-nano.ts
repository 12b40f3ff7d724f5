import { type OfficialVariantName, officialVariant, randomWeights } from '../../reference/network/index.ts';
import type { Bits } from '../../reference/quantize/index.ts';
import type { AnyTensor, Tensor } from '../../reference/tensor.ts';
import { writeLegacyCheckpoint } from '../../harness/weights/index.ts';
import { quantizedModule } from './quantized-module.ts';

/** Writes the weights of `random:yolox-nano?seed=SEED` as the vendor's quantiser saves them, all convolutions quantised. */
export function writeQuantizedNano(path: string, seed: number, bits: Bits = 16): Promise<void> {
  return writeQuantized(path, 'nano', seed, bits);
}

/** The same of another variant. */
export async function writeQuantized(
  path: string,
  variant: OfficialVariantName,
  seed: number,
  bits: Bits = 16,
): Promise<void> {
  const tensors = new Map<string, AnyTensor>();
  for (const [name, tensor] of randomWeights(officialVariant(variant), seed)) {
    const isConv = name.endsWith('.weight') && tensor.shape.length === 4;
    const entries = isConv
      ? quantizedModule(name.replace(/\.weight$/, ''), tensor as Tensor, { bits })
      : [[name, tensor] as const];
    for (const [key, value] of entries) tensors.set(key, value);
  }
  await writeLegacyCheckpoint(path, tensors);
}
