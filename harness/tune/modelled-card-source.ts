import type { ModelledCard } from '../latency/modelled-card.ts';
import { modelledSource } from './modelled-source.ts';
import { type TuneSource, tunePoints } from './tune-source.ts';

/**
 * A card that is not there: every core number and batch, with one context and with as many as fit. Contexts have cores of
 * their own and share the memory.
 */
export function modelledCardSource(
  { card, description: { name, ...description }, latencyOf }: ModelledCard,
  cores: readonly number[],
  batches: readonly number[],
): TuneSource {
  return modelledSource({
    points: tunePoints(cores, batches, (coreNumber) => contextsOf(card.cores, coreNumber)),
    millisecondsOf: (point) => latencyOf(point).milliseconds,
    description: { backend: name, cores: card.cores, ...description },
  });
}

function contextsOf(cores: number, coreNumber: number): number[] {
  return [...new Set([1, Math.floor(cores / coreNumber)])];
}
