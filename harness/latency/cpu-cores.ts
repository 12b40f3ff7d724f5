import { formatCount } from '../../reports/format-figures.ts';
import { fewestAndMostCores } from './core-numbers.ts';

/** Threads of the sessions whose outputs are scored: the most that are timed, and no more than this machine has cores. */
export function scoringThreads(timed: readonly number[], all: number): number {
  return Math.min(Math.max(...timed), all);
}

/** Thread counts of the backends of this CPU. */
export interface CpuCores {
  readonly cores: readonly number[];
  /** Those of `--cores` that only the card has. */
  readonly leftToCard: readonly number[];
}

/**
 * `--cores` is thread counts of this CPU and core numbers of the card at once. Beside a card the CPU is timed at those that
 * it has, or with all its cores where it has none of them: 16 cores of a card are no reason to run 16 threads on two cores.
 * Without a card everything is timed as asked for.
 */
export function cpuCoresOf(
  asked: readonly number[] | undefined,
  { besideCard, all }: { readonly besideCard: boolean; readonly all: number },
): CpuCores {
  if (asked === undefined) return { cores: fewestAndMostCores(all), leftToCard: [] };
  const cores = [...new Set(asked)];
  const had = cores.filter((count) => count <= all);
  if (!besideCard || had.length === cores.length) return { cores, leftToCard: [] };
  return { cores: had.length > 0 ? had : [all], leftToCard: cores.filter((count) => count > all) };
}

/** What to say of core numbers that only the card has; null where there are none. */
export function leftToCardSentence({ cores, leftToCard }: CpuCores, all: number): string | null {
  if (leftToCard.length === 0) return null;
  return (
    `--cores ${leftToCard.join(', ')}: only the card has as many; this machine has ${formatCount(all, 'core')}, and its backends are timed ` +
    `with ${cores.join(' and ')} of them`
  );
}
