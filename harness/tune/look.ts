import { findStalls } from '../../reference/statistics/index.ts';
import { allRequests, type Judgement, type JudgeOptions, judge } from '../../reference/tune/index.ts';
import { type RaceEntry, revive } from './race-entry.ts';
import { coresTaken } from './tune-source.ts';

/** What one look at a race has found. */
export interface Look {
  /** The points that were in the race; the places in `judgement` are theirs. */
  readonly judged: readonly RaceEntry[];
  readonly judgement: Judgement;
}

export function racing(entries: readonly RaceEntry[]): RaceEntry[] {
  return entries.filter(({ state }) => state === 'racing');
}

/**
 * Judges the points in the race: takes out what is over the limit and parks what is behind. Where one is taken out, those
 * parked come back and are judged again, on the rounds that they share with the others.
 */
export function lookAtRace(entries: readonly RaceEntry[], options: JudgeOptions): Look {
  for (;;) {
    const judged = racing(entries);
    const judgement = judge(
      judged.map(({ point, visits }) => ({ visits, coresTaken: coresTaken(point), batch: point.batch })),
      options,
    );
    if (judgement.overLimit.length === 0) {
      for (const place of judgement.behind) judged[place]!.state = 'parked';
      return { judged, judgement };
    }
    for (const place of judgement.overLimit) {
      judged[place]!.state = 'over-limit';
      judged[place]!.reason = overLimitReason(judged[place]!, options);
    }
    revive(entries);
  }
}

function overLimitReason({ visits }: RaceEntry, { p99LimitMs, exact }: JudgeOptions): string {
  const requests = allRequests(visits);
  const stalls = exact ? 0 : findStalls(requests).count;
  const counted = stalls === 0 ? '' : `, ${stalls} stalls of its ${requests.length} requests counted`;
  return `its p99 is over ${p99LimitMs} ms${counted}`;
}
