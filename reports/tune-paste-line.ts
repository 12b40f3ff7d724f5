import { formatCount } from './format-figures.ts';
import type { TuneResult } from './record/tune-result.ts';

/**
 * The line that puts a choice into a port; null where there is none. Threads of a CPU are never called a core number:
 * what is fast on them says nothing of a card.
 */
export function tunePasteLine({
  points,
  source,
  network,
}: Pick<TuneResult, 'points' | 'source' | 'network'>): string | null {
  const chosen = points.find(({ state }) => state === 'chosen');
  if (!chosen) return null;
  const { coreNumber, batch, contexts } = chosen;
  const shape = network ? `torch.zeros(${batch}, 3, ${network.height}, ${network.width})` : `batch ${batch}`;
  if (source.device === 'CPU') {
    return `torch.set_num_threads(${coreNumber})  # threads of this CPU, not a card's core number; input: ${shape}`;
  }
  const parallel =
    contexts === Math.floor(source.cores / coreNumber)
      ? `${source.cores} / ${coreNumber} = ${formatCount(contexts, 'context')} in parallel`
      : `${formatCount(contexts, 'context')} of ${Math.floor(source.cores / coreNumber)} that fit`;
  return `ct.set_core_number(${coreNumber})  # example input: ${shape}; ${parallel}`;
}
