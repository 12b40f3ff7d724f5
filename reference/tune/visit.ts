/** What is to be lowest (p50, p99 of a request's latency, in ms) or highest (images/s of all contexts together). */
export type Objective = 'p50' | 'p99' | 'throughput';

/** A point measured once: some requests, one after the other in each context. */
export interface Visit {
  /** Latency of each request, a whole batch, in ms; warm-up left out. */
  readonly milliseconds: readonly number[];
  /** Images a second of all contexts together, over the time of these requests. */
  readonly imagesPerSecond: number;
}

/**
 * The visits of one point by round. In a round every point still in question is visited once, so that what changes with
 * time (a clock that falls, a machine that warms up) is the same for all of them.
 */
export type PointVisits = ReadonlyMap<number, Visit>;

/** The rounds in which every one of these points was visited, ascending; none for no points. */
export function sharedRounds(points: readonly PointVisits[]): number[] {
  const [first, ...others] = points;
  return [...(first?.keys() ?? [])]
    .filter((round) => others.every((point) => point.has(round)))
    .sort((a, b) => a - b);
}

/** Every request of a point, in the order of the rounds. */
export function allRequests(visits: PointVisits): number[] {
  return [...visits.values()].flatMap(({ milliseconds }) => milliseconds);
}
