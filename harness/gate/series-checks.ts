import { intervalVerdict } from '../../reference/compare/index.ts';
import { changePoints } from '../../reference/statistics/index.ts';
import { formatCount } from '../../reports/format-figures.ts';
import type { GateCheck } from '../../reports/gate/gate-record.ts';

/** One value of a series. */
export interface Night {
  readonly startedAt: string;
  /** Null where the run has no such figure. */
  readonly value: number | null;
}

export interface SeriesQuestion {
  /** In their order, the run that is judged, or its re-run, last; at most 5,000. */
  readonly nights: readonly Night[];
  /** When the baseline ran: changes before it were accepted with it. */
  readonly since: string;
  /** 1 where more is better, −1 where less is. */
  readonly better: 1 | -1;
  /** The check against the baseline of the same figure: what is judged, and its budget. */
  readonly check: GateCheck;
}

/**
 * The present level of a series against the one before, where the level changed after the baseline ran; null where there are
 * too few nights to tell.
 */
export function seriesCheck({ nights, since, better, check }: SeriesQuestion): GateCheck | null {
  const { changes, levels, spikes, tooFew } = changePoints(nights.map(({ value }) => value));
  if (tooFew) return null;
  const { backend, label, metric, point, unit, budget } = check;
  const base = {
    ...({ kind: 'series', backend, label, metric, point, unit, budget } as const),
    ...{ difference: null, low: null, high: null, images: null, imagesNeeded: null },
    confirmation: 'none' as const,
  };
  const level = levels.at(-1)!;
  const spike = spikes.includes(nights.length - 1) ? '; this night is a spike' : '';
  const last = changes.at(-1);
  const changedAt = last && nights[last.index]!.startedAt;
  if (last === undefined || changedAt! <= since) {
    const nightsNow = formatCount(level.nights, 'night');
    return {
      ...{ ...base, verdict: 'equivalent', baseline: level.level, actual: nights.at(-1)!.value },
      reason: `the same level for ${nightsNow}${spike}`,
    };
  }
  const whole = unit === 'share' ? last.before : 1;
  const [low, high] = [last.interval[0] / whole, last.interval[1] / whole];
  const verdict = better === 1 ? intervalVerdict(low, high, budget) : intervalVerdict(-high, -low, budget);
  return {
    ...{
      ...base,
      verdict,
      baseline: last.before,
      actual: last.after,
      difference: last.size / whole,
      low,
      high,
    },
    reason: `its level changed in the night of ${changedAt!.slice(0, 10)} and has stayed for ${formatCount(level.nights, 'night')}${spike}`,
  };
}
