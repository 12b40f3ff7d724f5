import type { MluBackendName, QUANTIZED_BACKENDS } from '../config/option-choices.ts';
import type { RunConfig } from '../config/run-config.ts';

export type QuantizedName = (typeof QUANTIZED_BACKENDS)[number];

/** Whether a backend stands for a card. */
export function isMlu(name: string): name is MluBackendName {
  return name === 'mlu-online' || name === 'mlu-offline';
}

export interface QuantizedSpec {
  readonly name: QuantizedName;
  readonly bits: 8 | 16;
}

export type BackendSpec = { readonly name: 'cpu-float' } | QuantizedSpec;

export type MluSpec = QuantizedSpec & { readonly name: MluBackendName };

export function isMluSpec(spec: BackendSpec): spec is MluSpec {
  return isMlu(spec.name);
}

/** The checkpoint that a quantised backend takes its scales from, if any. */
export function checkpointOf({ quantized }: RunConfig, name: QuantizedName): string | undefined {
  return quantized?.[name] ?? quantized?.all;
}
