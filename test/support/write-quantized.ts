import { writeLegacyCheckpoint } from '../../harness/weights/index.ts';
import { type OfficialVariantName, officialVariant, randomWeights } from '../../reference/network/index.ts';
import type { AnyTensor, NamedTensors, Tensor } from '../../reference/tensor.ts';
import { quantizedModule } from './quantized-module.ts';

/** Writes weights as the vendor's quantiser saves them, all convolutions in int16 with an input scale that nothing was calibrated for. */
export async function writeQuantized(path: string, weights: NamedTensors): Promise<void> {
  const tensors = new Map<string, AnyTensor>();
  for (const [name, tensor] of weights) {
    const isConv = name.endsWith('.weight') && tensor.shape.length === 4;
    const entries = isConv
      ? quantizedModule(name.replace(/\.weight$/, ''), tensor as Tensor, { bits: 16 })
      : [[name, tensor] as const];
    for (const [key, value] of entries) tensors.set(key, value);
  }
  await writeLegacyCheckpoint(path, tensors);
}

/** The same of seeded random weights of an official variant. */
export function writeQuantizedRandom(
  path: string,
  variant: OfficialVariantName,
  seed: number,
): Promise<void> {
  return writeQuantized(path, randomWeights(officialVariant(variant), seed));
}
