const SEGMENTS = 64;
const LOG2_E = Math.fround(Math.LOG2E);
/** Powers of two that far out are infinity and 0 in float32, with room for the mantissa. */
const LARGEST_POWER = 256;

const slope = new Float32Array(SEGMENTS);
const offset = new Float32Array(SEGMENTS);
for (let segment = 0; segment < SEGMENTS; segment++) {
  const from = segment / SEGMENTS;
  const rise = (2 ** (from + 1 / SEGMENTS) - 2 ** from) * SEGMENTS;
  slope[segment] = rise;
  offset[segment] = 2 ** from - rise * from;
}

/** Name of the table for records. */
export const EXP_TABLE_NAME = `exp as 2^k · 2^f with 2^f of ${SEGMENTS} chords`;

/**
 * A model of how a card takes the exponential from a table, beside `tableSigmoid`: `x · log2(e)` in float32 is split into
 * a whole number k and a rest f from 0 to 1, 2^f is taken from 64 chords of equal width, and 2^k moves the exponent.
 * Off by at most 1.9e-5 of the value where that is a normal float32, 1.6e-5 for |x| up to 8; 0 gives 1. What grows with
 * |x| is the last place of the product with log2(e), which the exponential multiplies.
 * @param x a finite float32 value
 * @returns a float32 value; infinity where it overflows, 0 where it underflows
 */
export function tableExp(x: number): number {
  // The product is infinite for the largest x, and infinity has no rest.
  const power = Math.min(Math.max(Math.fround(x * LOG2_E), -LARGEST_POWER), LARGEST_POWER);
  const whole = Math.floor(power);
  const rest = Math.fround(power - whole);
  const segment = Math.min(Math.trunc(rest * SEGMENTS), SEGMENTS - 1);
  const mantissa = Math.fround(Math.fround(slope[segment] * rest) + offset[segment]);
  return Math.fround(mantissa * 2 ** whole);
}
