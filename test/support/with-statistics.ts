import type { DifferenceStatistics, Judgement } from '../../reports/record/index.ts';
import type { BackendRecord } from '../../reports/index.ts';

/** What a test says of an interval: its ends, or none. */
export type Ends = readonly [number, number] | null;

export const estimateOf = (difference: number, ends: Ends, images = 50) => ({
  difference,
  standardError: ends && (ends[1] - ends[0]) / 3.92,
  low: ends?.[0] ?? null,
  high: ends?.[1] ?? null,
  images,
});

/** A backend of a record with other AP figures and an interval, as if the run had found them. */
export function withStatistics(
  backend: BackendRecord,
  {
    from,
    to,
    ends,
    change = {},
  }: { from: number; to: number; ends: Ends; change?: Partial<DifferenceStatistics> },
  judgement?: Partial<Judgement>,
): BackendRecord {
  const difference = backend.difference!;
  const statistics: DifferenceStatistics = {
    ...{ method: 'as a test has it', replicates: 1000, confidence: 0.95, seed: 0, permutations: 2000 },
    metrics: { AP: estimateOf(to - from, ends) },
    p: { AP: 0.5 },
    tieBands: { reference: {}, own: {} },
    withinTies: { AP: false },
    categories: [],
    ...change,
  };
  return {
    ...backend,
    metrics: { ...backend.metrics, AP: to },
    difference: {
      ...difference,
      metrics: { ...difference.metrics, AP: to - from },
      reference: { ...difference.reference, AP: from },
      statistics,
    },
    judgements: judgement
      ? [
          {
            ...{ metric: 'AP', budget: 0.01, verdict: 'equivalent', direction: 'unclear', beyondGain: false },
            ...{ imagesNeeded: null, withinTies: false },
            ...judgement,
          } as Judgement,
        ]
      : [],
  };
}
