import type { LevelCosts } from './fit-levels.ts';
import type { SeriesNoise } from './series-noise.ts';

/** Standard deviations of noise beyond which a value is a spike, and its distance counts no further. */
const SPIKE = 3;
/** What a change costs, in spikes: more than two, so that a double spike is none, and less than three nights at a new level. */
const SPIKES_OF_A_CHANGE = 2.5;
/** Of n nights noise is known as if a change cost 4/n more. */
const NIGHTS_UNKNOWN = 4;

/**
 * Costs in squares of `effectiveDeviation`; without noise in values off their level. The constants were chosen by nightly looks
 * at generated years: a few false alarms less cost half of the changes many nights more.
 */
export function levelCosts(noise: SeriesNoise, nights: number, leastChange: number): LevelCosts {
  if (noise.deviation === 0) {
    return {
      ...{ tolerance: leastChange, perSquare: Number.POSITIVE_INFINITY, most: 1 },
      ...{ perChange: SPIKES_OF_A_CHANGE, leastChange },
    };
  }
  return {
    ...{ tolerance: 0, perSquare: 1 / effectiveDeviation(noise) ** 2, most: SPIKE ** 2 },
    ...{ perChange: costOfChange(nights), leastChange },
  };
}

/**
 * Noise of independent nights whose means of long stretches are as far off as these are: nights that tell of each other wander,
 * and a change, or a spike, has to be by as much greater.
 */
export function effectiveDeviation({ deviation, inflation }: SeriesNoise): number {
  return deviation * Math.sqrt(inflation);
}

function costOfChange(nights: number): number {
  return SPIKES_OF_A_CHANGE * SPIKE ** 2 * (1 + NIGHTS_UNKNOWN / nights);
}

/**
 * Nights at a new level after which a change of `size` is told half of the time, where the old level had `nightsBefore`.
 * Three at least, and three without noise.
 * @returns null where no number of nights tells it: it is too small for so short a past.
 * @throws RangeError for a size of 0.
 */
export function nightsToTell(size: number, noise: SeriesNoise, nightsBefore: number): number | null {
  if (size === 0) throw new RangeError('cannot tell a change of 0');
  const fewest = Math.ceil(SPIKES_OF_A_CHANGE);
  if (noise.deviation === 0) return fewest;
  const distance = Math.abs(size) / effectiveDeviation(noise);
  for (let nights = fewest; nights <= MOST_NIGHTS; nights++) {
    // Both stretches lie off the level that they would share; neither costs more than spikes.
    const shared = (distance ** 2 * nights * nightsBefore) / (nights + nightsBefore);
    const spikes = SPIKE ** 2 * Math.min(nights, nightsBefore);
    if (Math.min(shared, spikes) > costOfChange(nights + nightsBefore)) return nights;
  }
  return null;
}

const MOST_NIGHTS = 366;
