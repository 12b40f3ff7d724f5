import type { Visit } from '../../reference/tune/index.ts';
import type { TunePoint } from './tune-source.ts';

/** A point in a race, and what became of it so far. */
export interface RaceEntry {
  readonly point: TunePoint;
  readonly visits: Map<number, Visit>;
  /** `parked`: surely behind the leader, and measured again only if that one is taken out. */
  state: 'racing' | 'parked' | 'over-limit' | 'failed' | 'other-outputs';
  /** Why it is out; null while it is not. */
  reason: string | null;
}

export function newEntry(point: TunePoint): RaceEntry {
  return { point, visits: new Map(), state: 'racing', reason: null };
}

/** Points were parked for a leader that may be the one that is out now. */
export function revive(entries: readonly RaceEntry[]): void {
  for (const entry of entries) if (entry.state === 'parked') entry.state = 'racing';
}
