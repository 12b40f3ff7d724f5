import type { Random } from '../../../../reference/random.ts';

/** Noise of a figure from night to night, in its own standard deviations. */
export type NoiseKind = 'none' | 'gaussian' | 'latency' | 'wandering';

/** A stretch of `nights` from `at` on that is `by` higher; to the end where there is no number. */
export interface Planted {
  readonly at: number;
  readonly by: number;
  readonly nights?: number;
}

export interface YearPlan {
  readonly nights: number;
  readonly noise: NoiseKind;
  readonly planted: readonly Planted[];
  /** Rise over the whole year. */
  readonly drift?: number;
  /** Share of nights without a run. */
  readonly missing: number;
}

/** One figure a night: noise about 100 with what is planted; null where the night is missing. */
export function generateNights(random: Random, plan: YearPlan): (number | null)[] {
  const noise = noiseOf(plan.noise, random);
  return Array.from({ length: plan.nights }, (_, night) => {
    const planted = plan.planted
      .filter(({ at, nights = Number.POSITIVE_INFINITY }) => night >= at && night < at + nights)
      .reduce((sum, { by }) => sum + by, 0);
    const value = 100 + noise() + planted + ((plan.drift ?? 0) * night) / plan.nights;
    return random.next() < plan.missing ? null : value;
  });
}

/** Six single and three double spikes a year, 4 to 20 standard deviations high or low, none within ten nights of `away`. */
export function drawSpikes(random: Random, nights: number, away: number): Planted[] {
  const spikes: Planted[] = [];
  while (spikes.length < 9) {
    const at = random.integer(nights - 2);
    if (Math.abs(at - away) < 10 || spikes.some((other) => Math.abs(other.at - at) < 10)) continue;
    const by = (4 + 16 * random.next()) * (random.next() < 0.5 ? -1 : 1);
    spikes.push({ at, by, nights: spikes.length < 6 ? 1 : 2 });
  }
  return spikes;
}

/** Correlation of a night with the one before. */
const CORRELATION: Readonly<Record<NoiseKind, number>> = {
  none: 0,
  gaussian: 0,
  latency: 0.3,
  wandering: 0.6,
};
/** Of the logarithm of a latency: skewed to the right as latencies are. */
const LOG_DEVIATION = 0.4;

function noiseOf(kind: NoiseKind, random: Random): () => number {
  if (kind === 'none') return () => 0;
  const correlation = CORRELATION[kind];
  let last = random.gaussian();
  return () => {
    last = correlation * last + Math.sqrt(1 - correlation ** 2) * random.gaussian();
    return kind === 'latency' ? skewed(last) : last;
  };
}

/** Lognormal, less its mean and over its standard deviation. */
function skewed(gaussian: number): number {
  const variance = LOG_DEVIATION ** 2;
  const mean = Math.exp(variance / 2);
  return (Math.exp(LOG_DEVIATION * gaussian) - mean) / (mean * Math.sqrt(Math.exp(variance) - 1));
}
