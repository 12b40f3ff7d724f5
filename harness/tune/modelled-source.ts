import type { TunePoint, TuneSource, TuneSourceDescription } from './tune-source.ts';

export interface ModelledSourceOptions {
  readonly points: readonly TunePoint[];
  /**
   * Time of one request of a point in ms, with all its contexts at work.
   * @throws BackendError for a point that cannot run, as one that does not fit into the card's memory.
   */
  readonly millisecondsOf: (point: TunePoint) => number;
  readonly description: Omit<TuneSourceDescription, 'latencyProvenance' | 'exact'>;
}

/** A source whose times are computed: without noise, so that every point is asked once and the choice stands at once. */
export function modelledSource({ points, millisecondsOf, description }: ModelledSourceOptions): TuneSource {
  return {
    points,
    describe: () => ({ ...description, latencyProvenance: 'modelled', exact: true }),
    async measure(point) {
      const milliseconds = millisecondsOf(point);
      return {
        milliseconds: [milliseconds],
        imagesPerSecond: (point.batch * point.contexts * 1000) / milliseconds,
      };
    },
    async close() {},
  };
}
