import type { Random } from '../random.ts';
import { findStalls, samplesNeeded } from '../statistics/index.ts';
import { type LimitFinding, limitStanding } from './limit-standing.ts';
import { createScorer } from './scorer.ts';
import { allRequests, type Objective, type PointVisits, sharedRounds } from './visit.ts';
import { type Weights, weighChoices } from './weigh-choices.ts';

/** A point that may still be chosen. */
export interface Contender {
  readonly visits: PointVisits;
  /** Cores that all its contexts take together: of equivalent points, the one with fewer is chosen. */
  readonly coresTaken: number;
  readonly batch: number;
}

export interface JudgeOptions {
  readonly objective: Objective;
  /** Latency that the p99 of a chosen point must be under, in ms; null for no limit. */
  readonly p99LimitMs: number | null;
  /** A loss that does not matter, e.g. 0.01. */
  readonly margin: number;
  /** That the choice loses no more than the margin, and that its p99, stalls set aside, is under the limit. */
  readonly confidence: number;
  readonly random: Random;
  /** Figures without noise: one round decides. */
  readonly exact?: boolean;
}

/** All numbers are places in the contenders that were given. */
export interface Judgement {
  /** Their p99 is over the limit, stalls counted. */
  readonly overLimit: readonly number[];
  /** Surely worse than the leader. */
  readonly behind: readonly number[];
  /** Null while the rounds cannot tell. */
  readonly choice: { readonly place: number; readonly equivalents: readonly number[] } | null;
  /** Contenders that were held against each other, and what the rounds say of each. */
  readonly compared: readonly number[];
  readonly weights: Weights | null;
  readonly limitStandings: readonly LimitFinding[];
}

/** Fewer shared rounds say too little of how much rounds differ. */
export const LEAST_ROUNDS = 4;
/** A point is given up for good at this confidence; it is asked again and again, and of many points. */
const GIVE_UP_CONFIDENCE = 0.999;
/**
 * Where its stalls alone carry its p99 over the limit: a share of just 1 % of them, which is neither over nor under, is
 * asked about at each look too.
 */
const GIVE_UP_BY_STALLS_CONFIDENCE = 0.9999;
/** A point whose p99 is over the limit with this confidence, stalls counted, is not chosen before more is known. */
const DOUBT_CONFIDENCE = 0.95;
const P99 = 0.99;

/** Looks at what was measured: which points are out, and whether one can be chosen. */
export function judge(contenders: readonly Contender[], options: JudgeOptions): Judgement {
  const { objective, margin, confidence, random, exact = false } = options;
  const standings = (over: number, overByStalls: number): LimitFinding[] =>
    contenders.map(({ visits }) =>
      limitStanding(visits, { ...options, under: confidence, over, overByStalls }),
    );
  const limitStandings = standings(DOUBT_CONFIDENCE, DOUBT_CONFIDENCE);
  const surely = standings(GIVE_UP_CONFIDENCE, GIVE_UP_BY_STALLS_CONFIDENCE);
  const overLimit = placesWhere(surely, (standing) => standing === 'over');
  const compared = placesWhere(contenders, (_, place) => !overLimit.includes(place));
  const field = compared.map((place) => contenders[place]!);
  const rounds = sharedRounds(field.map(({ visits }) => visits)).length;
  const nothing = { overLimit, behind: [], choice: null, compared, weights: null, limitStandings };
  if (field.length === 0 || rounds < (exact ? 1 : LEAST_ROUNDS)) return nothing;

  const visits = field.map((contender) => contender.visits);
  const weigh = (what: Objective): Weights =>
    weighChoices(createScorer(visits, what), { margin, random, exact });
  const weights = weigh(objective);
  const tailIsKnown = exact || objective !== 'p99' || visits.every(holdsTail);
  const surelyBehind = (of: Weights, i: number): boolean => of.behindLeader[i]! >= GIVE_UP_CONFIDENCE;
  // A p99 of few requests is a guess: until there are enough, a point is given up only where its median is behind too.
  const bodies = tailIsKnown ? weights : weigh('p50');
  const behind = compared.filter((_, i) => surelyBehind(weights, i) && surelyBehind(bodies, i));
  return {
    ...nothing,
    behind,
    weights,
    choice: tailIsKnown ? choose(contenders, compared, weights, limitStandings, confidence) : null,
  };
}

const MAY_BE_CHOSEN: ReadonlySet<LimitFinding> = new Set(['under', 'under-without-stalls']);

/** The cheapest of the points that lose no more than the margin. */
function choose(
  contenders: readonly Contender[],
  compared: readonly number[],
  weights: Weights,
  standings: readonly LimitFinding[],
  confidence: number,
): Judgement['choice'] {
  const equivalents = compared.filter(
    (place, i) => weights.withinMargin[i]! >= confidence && MAY_BE_CHOSEN.has(standings[place]!),
  );
  const score = (place: number): number => weights.scores[compared.indexOf(place)]!;
  const [place] = [...equivalents].sort(
    (a, b) =>
      contenders[a]!.coresTaken - contenders[b]!.coresTaken ||
      contenders[a]!.batch - contenders[b]!.batch ||
      score(a) - score(b),
  );
  return place === undefined ? null : { place, equivalents };
}

function holdsTail(visits: PointVisits): boolean {
  const requests = allRequests(visits);
  return requests.length > 0 && requests.length - findStalls(requests).count >= samplesNeeded(P99);
}

function placesWhere<T>(items: readonly T[], holds: (item: T, place: number) => boolean): number[] {
  return items.flatMap((item, place) => (holds(item, place) ? [place] : []));
}
