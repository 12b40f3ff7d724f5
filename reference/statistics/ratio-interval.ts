/** A time, or another positive figure, with its interval: `low <= value <= high`. */
export interface EstimatedTime {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How many times the one time is the other, with an interval of the confidence that both have, of independent estimates: on
 * the logarithm, from the distance of each estimate to the ends of its interval (the method of variance estimates recovery;
 * Zou and Donner, Construction of confidence limits about effect measures, Statistics in Medicine 27, 2008).
 * @param spread half-width, on the logarithm, of what else moves the ratio, as one night moves all times of it; default 0.
 * @returns a ratio of `value`s and its interval; without unit.
 * @throws RangeError where a time is not positive, or outside its interval.
 */
export function ratioInterval(
  numerator: EstimatedTime,
  denominator: EstimatedTime,
  spread = 0,
): EstimatedTime {
  for (const { value, low, high } of [numerator, denominator]) {
    if (!(low > 0 && low <= value && value <= high && Number.isFinite(high))) {
      throw new RangeError(
        `cannot divide by or into ${value} with the interval ${low} … ${high}: give positive numbers, the value between the ends`,
      );
    }
  }
  const ratio = numerator.value / denominator.value;
  const below = ({ value, low }: EstimatedTime): number => Math.log(value / low);
  const above = ({ value, high }: EstimatedTime): number => Math.log(high / value);
  return {
    value: ratio,
    low: ratio * Math.exp(-Math.hypot(below(numerator), above(denominator), spread)),
    high: ratio * Math.exp(Math.hypot(above(numerator), below(denominator), spread)),
  };
}
