import type { LevelCosts } from './fit-levels.ts';
import type { SeriesNoise } from './series-noise.ts';

/** Standard deviations of noise beyond which a value is a spike, and its distance counts no further. */
const SPIKE = 3;
/** What a change costs, in spikes: more than two, so that a double spike is none, and less than three nights at a new level. */
const SPIKES_OF_A_CHANGE = 2.5;
/** Of n nights noise is known as if a change cost 4/n more: chosen by `year-of-nights.prove.ts`. */
const NIGHTS_UNKNOWN = 4;

/** Costs in squared standard deviations of noise; without noise in values off their level. */
export function levelCosts(noise: SeriesNoise, nights: number, leastChange: number): LevelCosts {
  const { deviation } = noise;
  if (deviation === 0) {
    return {
      ...{ tolerance: leastChange, perSquare: Number.POSITIVE_INFINITY, most: 1 },
      ...{ perChange: SPIKES_OF_A_CHANGE, leastChange },
    };
  }
  return {
    ...{ tolerance: 0, perSquare: 1 / deviation ** 2, most: SPIKE ** 2 },
    ...{ perChange: costOfChange(noise, nights), leastChange },
  };
}

/** What a value costs that is `offset` off its level. */
export function lossOf(offset: number, { tolerance, perSquare, most }: LevelCosts): number {
  return Math.abs(offset) <= tolerance ? 0 : Math.min(offset * offset * perSquare, most);
}

/** Noise whose nights tell of each other wanders: the means of stretches are off by more, and a change has to be by as much. */
function costOfChange({ inflation }: SeriesNoise, nights: number): number {
  return SPIKES_OF_A_CHANGE * SPIKE ** 2 * inflation * (1 + NIGHTS_UNKNOWN / nights);
}

/**
 * Nights at a new level after which a change of `size` is told half of the time, where the old level had `nightsBefore`.
 * Three at least, and three without noise.
 * @returns null where no number of nights tells it: it is too small for so short a past.
 * @throws RangeError for a size of 0.
 */
export function nightsToTell(size: number, noise: SeriesNoise, nightsBefore: number): number | null {
  if (size === 0) throw new RangeError('cannot tell a change of 0');
  if (noise.deviation === 0) return Math.ceil(SPIKES_OF_A_CHANGE);
  const distance = Math.abs(size) / noise.deviation;
  for (let nights = Math.ceil(SPIKES_OF_A_CHANGE); nights <= MOST_NIGHTS; nights++) {
    const cost = costOfChange(noise, nights + nightsBefore);
    // Both stretches lie off the level that they would share; neither costs more than spikes.
    const shared = (distance ** 2 * nights * nightsBefore) / (nights + nightsBefore);
    const spikes = SPIKE ** 2 * Math.min(nights, nightsBefore);
    if (Math.min(shared, spikes) > cost) return nights;
  }
  return null;
}

const MOST_NIGHTS = 366;
