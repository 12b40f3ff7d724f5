import { sha256 } from '../../datasets/sha256.ts';
import type { ConvScales } from '../../reference/network/index.ts';
import { exactJson } from '../store/exact-json.ts';

/** One hash of all scales of a network, each to the bit: whether a calibration came to the same ones again. */
export function hashScales(scales: ReadonlyMap<string, ConvScales>): string {
  return sha256(
    exactJson(
      [...scales].map(([layer, { bits, inputQuantScale, weightQuantScale }]) => [
        ...[layer, bits, inputQuantScale, Float32Array.from(weightQuantScale)],
      ]),
    ),
  );
}
