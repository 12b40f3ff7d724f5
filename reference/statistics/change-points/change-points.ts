import { quantile, sortSamples } from '../quantile.ts';
import { type ChangePoint, describeChange } from './describe-change.ts';
import { fitLevels, lossOf, type Stretch } from './fit-levels.ts';
import { levelCosts } from './level-costs.ts';
import { NO_NOISE, type SeriesNoise, seriesNoise } from './series-noise.ts';

/** A stretch at one level, from `start` to `last`, both places in the given series. */
export interface Level {
  readonly start: number;
  readonly last: number;
  /** Values in it; missing ones do not count. */
  readonly nights: number;
  /** Mean of those that are no spikes; the median where there are too few values to tell a spike. */
  readonly level: number;
}

export interface ChangePoints {
  readonly changes: readonly ChangePoint[];
  /** One more than there are changes; none of an empty series. */
  readonly levels: readonly Level[];
  /** Places of single values far off their level, which are no change of it; none where there are too few values. */
  readonly spikes: readonly number[];
  readonly noise: SeriesNoise;
  /** Whether there are too few values to tell any change: below {@link LEAST_NIGHTS}, of a constant series below 6. */
  readonly tooFew: boolean;
}

export interface ChangePointOptions {
  /** Differences of at most this much are none, in the unit of the series; default 0. */
  readonly leastChange?: number;
}

/** Values from which on noise can be told from changes. */
export const LEAST_NIGHTS = 8;
/** Two levels of three nights each, where there is no noise. */
const LEAST_STEADY_NIGHTS = 6;
/** Time and memory go with the square. */
const MOST_NIGHTS = 5000;
/** Differences of this share of the greatest value are rounding of sums in another order. */
const ROUNDING = 1e-12;

/**
 * Nights from which on a series of one figure a night has another level. The piecewise constant series of least cost, where a
 * value costs its squared distance from its level in standard deviations of noise, at most that of 3: so a spike, however
 * high, costs as much as one night can, and a change of level (2.5 of those) is told from the third night on, a double spike
 * never. Biweight loss of Fearnhead and Rigaill, Changepoint detection in the presence of outliers, JASA 2019; noise and its
 * autocorrelation from differences, `seriesNoise`. It permutes nothing: the same series gives the same changes.
 *
 * A series whose nights mostly equal the one before has no noise: there every value off its level costs the same and
 * a change of any size is told from the third night on. With noise `nightsToTell` says how many it takes. A level that
 * is left again for the one before counts where it had 6 nights (with noise: more for a small step); a shorter one is told
 * while it lasts and taken back as spikes later.
 *
 * Energy distances with permutations (E-divisive) and rank sums were tried on the same generated years: both alarm at spikes
 * and, far more often, where nights tell of each other.
 *
 * A slow drift comes out as steps, each within noise of the drift.
 * @param series one value a night in their order, `null` for a night without one; any unit.
 * @returns places in `series`. Neither shift nor factor of the series changes them, but for rounding.
 * @throws RangeError for a value that is not finite, a `leastChange` below 0, or more than 5,000 values.
 */
export function changePoints(
  series: readonly (number | null)[],
  { leastChange = 0 }: ChangePointOptions = {},
): ChangePoints {
  if (!(leastChange >= 0)) {
    throw new RangeError(`cannot leave out changes of at most ${leastChange}: give 0 or more`);
  }
  const { values, places } = presentValues(series);
  if (values.length > MOST_NIGHTS) {
    throw new RangeError(`cannot look for changes in ${values.length} nights: give at most ${MOST_NIGHTS}`);
  }
  const greatest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const least = Math.max(leastChange, ROUNDING * greatest);
  const noise = values.length < 3 ? NO_NOISE : seriesNoise(values, ROUNDING * greatest);
  const tooFew = values.length < (noise.deviation > 0 ? LEAST_NIGHTS : LEAST_STEADY_NIGHTS);
  if (values.length === 0) return { changes: [], levels: [], spikes: [], noise, tooFew };

  if (tooFew) {
    const level = quantile(sortSamples(values), 0.5);
    const levels = [{ start: places[0]!, last: places.at(-1)!, nights: values.length, level }];
    return { changes: [], levels, spikes: [], noise, tooFew };
  }

  const costs = levelCosts(noise, values.length, least);
  const stretches = fitLevels(values, costs);
  const isSpike = ({ level }: Stretch, night: number): boolean =>
    lossOf(values[night]! - level, costs) === costs.most;
  const described = stretches.map((stretch) => {
    const inliers = values
      .slice(stretch.start, stretch.end)
      .filter((_, i) => !isSpike(stretch, stretch.start + i));
    return { ...stretch, inliers: inliers.length, mean: meanOf(inliers, stretch.level) };
  });
  return {
    changes: described
      .slice(1)
      .map((after, i) => describeChange(values, places, described[i]!, after, { noise, costs })),
    levels: described.map(({ start, end, mean }) => {
      return { start: places[start]!, last: places[end - 1]!, nights: end - start, level: mean };
    }),
    spikes: stretches.flatMap((stretch) =>
      places.slice(stretch.start, stretch.end).filter((_, i) => isSpike(stretch, stretch.start + i)),
    ),
    noise,
    tooFew,
  };
}

function presentValues(series: readonly (number | null)[]): { values: number[]; places: number[] } {
  const values: number[] = [];
  const places: number[] = [];
  for (const [place, value] of series.entries()) {
    if (value === null) continue;
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `cannot look for changes in a series with ${value} at ${place}: leave it out as null`,
      );
    }
    values.push(value);
    places.push(place);
  }
  return { values, places };
}

/** Equal values give exactly themselves, which their sum over their number need not. */
function meanOf(values: readonly number[], level: number): number {
  return level + values.reduce((sum, value) => sum + (value - level), 0) / values.length;
}
