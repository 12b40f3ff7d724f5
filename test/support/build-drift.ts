import { parseRunRecord, type RunRecord } from '../../reports/index.ts';
import type { SmallRecord } from '../reports/small-record.ts';
import { type Ends, estimateOf, withStatistics } from './with-statistics.ts';

/** A record whose way from cpu-float goes over int16 to mlu-online, with these changes of AP. */
export function buildDrift(
  { record, float, int8 }: SmallRecord,
  steps: readonly { readonly ap: number; readonly ends: Ends }[],
  budget?: number,
): RunRecord {
  const names = ['int16', 'mlu-online'];
  const causes = ['quantisation', 'the card, online'];
  const base = 0.5;
  const reached = steps.map((_, i) => steps.slice(0, i + 1).reduce((sum, { ap }) => sum + ap, 0));
  const whole = reached.at(-1)!;
  const backends = names.map((name, i) => ({
    ...withStatistics(
      int8,
      { from: base, to: base + reached[i]!, ends: steps[i]!.ends },
      budget === undefined ? undefined : { budget, verdict: 'cannot-tell' as const },
    ),
    name,
    precision: 'int16 exact',
  }));
  return parseRunRecord({
    ...record,
    backends: [{ ...float, metrics: { ...float.metrics, AP: base } }, ...backends],
    drift: steps.map(({ ap, ends }, i) => ({
      from: i === 0 ? 'cpu-float' : names[i - 1],
      to: names[i],
      cause: causes[i],
      metrics: { AP: ap },
      fromReference: { AP: reached[i] },
      interval: { AP: estimateOf(ap, ends) },
      whole: ap / whole,
    })),
  });
}
