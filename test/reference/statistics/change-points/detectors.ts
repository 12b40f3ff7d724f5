import type { Random } from '../../../../reference/random.ts';
import { changePoints } from '../../../../reference/statistics/index.ts';
import { eDivisive } from './e-divisive.ts';
import { rankSplits } from './rank-splits.ts';

/** Places of the first nights of new levels. */
export type Detector = (series: readonly (number | null)[], random: Random) => number[];

/** The one that is used, and those it was chosen from. */
export const DETECTORS = {
  'bounded loss': (series) => changePoints(series).changes.map(({ index }) => index),
  'rank splits': onPresent((values) => rankSplits(values)),
  'E-divisive': onPresent((values, random) => eDivisive(values, random)),
} as const satisfies Record<string, Detector>;

function onPresent(detect: (values: number[], random: Random) => number[]): Detector {
  return (series, random) => {
    const places = series.flatMap((value, place) => (value === null ? [] : [place]));
    return detect(
      places.map((place) => series[place]!),
      random,
    ).map((found) => places[found]!);
  };
}
