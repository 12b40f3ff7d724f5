import { normalQuantile } from '../normal.ts';
import { quantile, sortSamples } from '../quantile.ts';

/** Noise of a series about its level, whatever levels it goes through. */
export interface SeriesNoise {
  /** Standard deviation about the level, of the unit of the series; 0 where most neighbours are equal. */
  readonly deviation: number;
  /** Correlation of neighbours about the level, 0 … {@link MOST_CORRELATION}. */
  readonly correlation: number;
  /** Variance of the mean of a long stretch over that of independent values: `(1 + correlation) / (1 − correlation)`. */
  readonly inflation: number;
}

/**
 * The share of differences whose size is taken for the noise: more of them tell more, and each spike spoils two. At 0.7 a
 * night in seven may be one, and a series is without noise where 70 % of its nights are equal to the one before.
 */
const SHARE = 0.7;
/** The same quantile of |N(0, 1)|. */
const NORMAL_QUANTILE = normalQuantile((1 + SHARE) / 2);
/** Beyond it a series wanders, and levels can be told from nothing. */
export const MOST_CORRELATION = 0.8;
/** As much as this many nights speaks for no correlation: differences of few nights give any. */
const NIGHTS_WITHOUT = 15;

export const NO_NOISE: SeriesNoise = { deviation: 0, correlation: 0, inflation: 1 };

/**
 * Noise from the differences of values one and two places apart, which a change of level touches in one or two places only
 * and a spike in two. With noise of the first order, `x[t+1] = correlation · x[t] + …`, their variances are
 * `2 d² (1 − c)` and `2 d² (1 − c²)`, whose ratio gives the correlation (Chakar, Lebarbier, Lévy-Leduc and Robin, A robust
 * approach for estimating change-points in the mean of an AR(1) process, Bernoulli 2017).
 * @param values at least three, finite, in their order.
 * @param rounding differences of at most this are none.
 */
export function seriesNoise(values: readonly number[], rounding = 0): SeriesNoise {
  const near = differenceDeviation(values, 1);
  if (near <= rounding) return NO_NOISE;
  const far = differenceDeviation(values, 2);
  const found = (far / near) ** 2 - 1;
  const weight = values.length / (values.length + NIGHTS_WITHOUT);
  const correlation = Math.min(Math.max(found, 0) * weight, MOST_CORRELATION);
  return {
    deviation: near / Math.sqrt(2 * (1 - correlation)),
    correlation,
    inflation: (1 + correlation) / (1 - correlation),
  };
}

function differenceDeviation(values: readonly number[], lag: number): number {
  const sizes = values.slice(lag).map((value, i) => Math.abs(value - values[i]!));
  return quantile(sortSamples(sizes), SHARE) / NORMAL_QUANTILE;
}
