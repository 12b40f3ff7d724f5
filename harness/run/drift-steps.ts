import type { BackendRecord, DriftStep } from '../../reports/record/index.ts';
import { coreOf } from '../config/backend-at-core.ts';
import { differenceOfMetrics } from './evaluate-results.ts';
import type { RunStatistics } from './run-statistics.ts';

/** The stages of a port behind the reference, in their order, and what each adds to the one before. */
const STAGES: readonly {
  readonly has: (name: string) => boolean;
  readonly cause: DriftStep['cause'];
}[] = [
  { has: (name) => name === 'int16' || name === 'int8', cause: 'quantisation' },
  { has: (name) => name === 'mlu-online', cause: 'the card, online' },
  { has: (name) => name === 'mlu-offline', cause: 'the offline model' },
  { has: (name) => coreOf(name).coreNumber !== null, cause: 'another core number' },
];

/** What of a backend decides on its place in the chain. */
export type ChainMember = Pick<BackendRecord, 'name' | 'isReference' | 'precision' | 'images' | 'metrics'>;

export interface ChainStep<T> {
  readonly from: T;
  readonly to: T;
  readonly cause: DriftStep['cause'];
}

/**
 * The way from the reference to the last stage of the port.
 * @returns nothing where fewer than two steps can be told apart, or where the way does not begin at `cpu-float`; a stage that
 *   did not finish the same images is left out.
 */
export function driftChain<T extends ChainMember>(backends: readonly T[]): ChainStep<T>[] {
  const reference = backends.find(({ isReference }) => isReference);
  if (reference?.name !== 'cpu-float' || !reference.metrics) return [];
  const whole = backends.filter(({ metrics, images }) => metrics !== null && images === reference.images);
  const integers = bitsOf(whole.findLast(({ name }) => name.startsWith('mlu-')));
  const chain = STAGES.flatMap(({ has, cause }) => {
    const candidates = whole.filter(({ name, isReference }) => has(name) && !isReference);
    // Of int16 and int8 the one that the card runs is on the way; the other leads elsewhere.
    const to = integers === undefined ? candidates[0] : candidates.find((one) => bitsOf(one) === integers);
    return to ? [{ to, cause }] : [];
  });
  if (chain.length < 2) return [];
  return chain.map((step, index) => ({ ...step, from: index === 0 ? reference : chain[index - 1]!.to }));
}

/** The drift from the reference to the last stage of the port, step by step. The differences add up to the whole. */
export function driftSteps(
  backends: readonly BackendRecord[],
  statistics: Pick<RunStatistics, 'steps'> = { steps: new Map() },
): DriftStep[] {
  const chain = driftChain(backends);
  if (chain.length === 0) return [];
  const base = chain[0]!.from.metrics!;
  const last = chain.at(-1)!.to;
  const loss = (last.metrics!.AP ?? 0) - (base.AP ?? 0);
  const shared = loss < 0 && last.difference?.statistics?.withinTies.AP !== true;
  return chain.map(({ from, to, cause }) => {
    const metrics = differenceOfMetrics(to.metrics!, from.metrics!);
    return {
      from: from.name,
      to: to.name,
      cause,
      metrics,
      fromReference: differenceOfMetrics(to.metrics!, base),
      interval: (from.isReference ? to.difference?.statistics?.metrics : statistics.steps.get(to.name)) ?? {},
      // No step of nothing has a sign, which JSON would not keep.
      whole: shared && metrics.AP !== null ? metrics.AP! / loss + 0 : null,
    };
  });
}

/** `int16` of `int16 exact, float16`; nothing where the precision is not known, as of an offline model that was given. */
const bitsOf = (backend: ChainMember | undefined): string | undefined =>
  /^int\d+/.exec(backend?.precision ?? '')?.[0];
