import type { Random } from '../../reference/random.ts';
import { LEAST_ROUNDS, type Objective } from '../../reference/tune/index.ts';
import { BackendError, messageOf } from '../errors.ts';
import type { Clock } from '../latency/clock.ts';
import { type Look, lookAtRace, racing } from './look.ts';
import { type RaceEntry, revive } from './race-entry.ts';
import type { MeasureOptions, TuneSource } from './tune-source.ts';

export interface RaceOptions {
  readonly objective: Objective;
  readonly p99LimitMs: number | null;
  /** A loss that does not matter: 0.01 is 1 %. */
  readonly margin: number;
  readonly maxSeconds: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each look with what is still in question. */
  readonly onLook?: (look: {
    readonly rounds: number;
    readonly racing: number;
    readonly seconds: number;
  }) => void;
}

export interface RaceOutcome {
  /** `none-under-limit`: every point that runs has its p99 over the limit. */
  readonly status: 'chosen' | 'none-under-limit' | 'inconclusive' | 'interrupted';
  readonly entries: readonly RaceEntry[];
  readonly chosen: RaceEntry | null;
  /** The chosen one and all that lose no more than the margin. */
  readonly equivalents: readonly RaceEntry[];
  /** The last one; null when there was none. */
  readonly look: Look | null;
  readonly rounds: number;
  readonly seconds: number;
}

/** Requests of one visit: a few while all points are in the race, which most leave early, then more for those that stay. */
interface VisitLengths {
  readonly scouting: number;
  readonly racing: number;
}
const VISITS: Record<Objective, VisitLengths> = {
  p50: { scouting: 3, racing: 10 },
  throughput: { scouting: 3, racing: 10 },
  p99: { scouting: 10, racing: 45 },
};
/** Where a p99 has to be held under a limit. */
const VISITS_UNDER_LIMIT: VisitLengths = { scouting: 5, racing: 25 };
/**
 * No look before this many seconds, or half the time there is: what disturbs a machine for a second disturbs every round
 * of that second alike, and the rounds would seem to agree.
 */
const LEAST_SECONDS = 5;
/** Looks become rarer: each is one more chance to be wrong. */
const LOOK_GROWTH = 1.25;
/** While more can be measured, and at the last look. */
const EARLY_CONFIDENCE = 0.99;
const LAST_CONFIDENCE = 0.95;

/**
 * Chooses among the points of a source by a race: all are visited in rounds, those surely behind are measured no more,
 * and the race ends as soon as one point surely loses no more than the margin, or when time is up. The order within a
 * round is random and reversed in the next, so that a steady drift favours none.
 * @param entries may hold points that are out already; their states and visits are changed.
 */
export async function race(
  source: TuneSource,
  entries: readonly RaceEntry[],
  options: RaceOptions,
): Promise<RaceOutcome> {
  const { clock, signal, maxSeconds, objective, p99LimitMs, random } = options;
  const { exact } = source.describe();
  const startedAt = clock.now();
  const seconds = (): number => (clock.now() - startedAt) / 1000;
  const lengths = p99LimitMs === null ? VISITS[objective] : VISITS_UNDER_LIMIT;
  const visitSeconds = maxSeconds / (2 * LEAST_ROUNDS * Math.max(1, entries.length));
  const firstLookSeconds = exact ? 0 : Math.min(LEAST_SECONDS, maxSeconds / 2);
  let nextLook = exact ? 1 : LEAST_ROUNDS;
  let order: RaceEntry[] = [];
  let look: Look | null = null;
  let rounds = 0;

  const outcome = (status: RaceOutcome['status']): RaceOutcome => {
    const choice = status === 'chosen' ? (look?.judgement.choice ?? null) : null;
    const at = (place: number): RaceEntry => look!.judged[place]!;
    return {
      status,
      entries,
      chosen: choice && at(choice.place),
      equivalents: choice ? choice.equivalents.map(at) : [],
      look,
      rounds,
      seconds: seconds(),
    };
  };

  try {
    while (racing(entries).length > 0) {
      order = rounds % 2 === 0 ? random.shuffle(racing(entries)) : followBackwards(order, racing(entries));
      const requests = look === null ? lengths.scouting : lengths.racing;
      for (const entry of order) {
        if (seconds() >= maxSeconds) break;
        signal.throwIfAborted();
        await visitEntry(source, entry, rounds, { requests, seconds: visitSeconds, signal }, entries);
      }
      rounds++;
      const last = exact || seconds() >= maxSeconds;
      if (!last && (rounds < nextLook || seconds() < firstLookSeconds)) continue;
      nextLook = Math.ceil(rounds * LOOK_GROWTH);
      look = lookAtRace(entries, {
        ...options,
        exact,
        confidence: last ? LAST_CONFIDENCE : EARLY_CONFIDENCE,
      });
      if (look.judgement.choice !== null) return outcome('chosen');
      options.onLook?.({ rounds, racing: racing(entries).length, seconds: seconds() });
      if (last) break;
    }
    const noneUnderLimit =
      racing(entries).length === 0 && entries.some(({ state }) => state === 'over-limit');
    return outcome(noneUnderLimit ? 'none-under-limit' : 'inconclusive');
  } catch (error) {
    if (!signal.aborted) throw error;
    return outcome('interrupted');
  }
}

async function visitEntry(
  source: TuneSource,
  entry: RaceEntry,
  round: number,
  visit: MeasureOptions,
  entries: readonly RaceEntry[],
): Promise<void> {
  try {
    entry.visits.set(round, await source.measure(entry.point, visit));
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    entry.state = 'failed';
    entry.reason = messageOf(error);
    revive(entries);
  }
}

/** The last order the other way round, then those that were not in it. */
function followBackwards(order: readonly RaceEntry[], racing: readonly RaceEntry[]): RaceEntry[] {
  const again = order.filter((entry) => racing.includes(entry)).reverse();
  return [...again, ...racing.filter((entry) => !again.includes(entry))];
}
