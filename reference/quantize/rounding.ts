import type { RoundingMode } from '../network/graph.ts';

/**
 * The integer nearest to `value`; a tie goes away from zero (C `round`, `HALF_OFF_ZERO` of Cambricon mlu-ops).
 *
 * Exact for every float64, and so for every float32: nothing is added to the value, which would carry 0.49999997 over
 * the tie. Zero comes back as +0; NaN and infinities as they are.
 */
export function roundHalfAwayFromZero(value: number): number {
  return value < 0 ? 0 - Math.round(-value) : Math.round(value) + 0;
}

/** The integer nearest to `value`; a tie goes to the even neighbour (C `rint`, IEEE 754). Exact as above. */
export function roundHalfToEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up + 0;
}

/** The integer nearest to `value`; a tie goes up, −2.5 to −2 (the mathematical `floor(x + 0.5)`). Exact as above. */
export function roundHalfUp(value: number): number {
  return Math.round(value) + 0;
}

/**
 * The rounding function of a mode. Which one a card uses for activations is not documented, so it is an option
 * everywhere and stands in the record.
 */
export function roundingFunction(mode: RoundingMode): (value: number) => number {
  switch (mode) {
    case 'half-away-from-zero':
      return roundHalfAwayFromZero;
    case 'half-to-even':
      return roundHalfToEven;
    case 'half-up':
      return roundHalfUp;
  }
}
