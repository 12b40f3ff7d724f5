import type { RunConfig } from './run-config.ts';

/** Options that are alternatives: one on the command line takes the place of all that the file says of the choice. */
const CHOICES: readonly (readonly (keyof RunConfig)[])[] = [
  ['images', 'imageIds', 'imageList'],
  ['dataset', 'split', 'annotations', 'imageDir'],
  ['headroom', 'percentile'],
];

/** How latency is to be measured. */
export const OF_LATENCY = ['cores', 'batch', 'card', 'latencySamples', 'latencySeconds'] as const;

/**
 * The configuration of a run: what the command line gives wins, key by key and choice by choice. How latency is to be
 * measured, on the command line, also asks for it where the file leaves it out.
 */
export function mergeConfig(fromFile: RunConfig, typed: RunConfig): RunConfig {
  const given = (key: keyof RunConfig): boolean => typed[key] !== undefined;
  const replaced = new Set<string>(CHOICES.filter((choice) => choice.some(given)).flat());
  if (OF_LATENCY.some(given)) replaced.add('latency');
  const kept = Object.fromEntries(Object.entries(fromFile).filter(([key]) => !replaced.has(key)));
  return { ...kept, ...typed };
}
