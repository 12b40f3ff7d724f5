import { quantile, sortSamples } from './quantile.ts';

export interface WarmUp {
  /** How many samples at the start are warm-up. */
  readonly length: number;
  /** False where the best cut lies at the bound: what is left may still be on its way to a steady state. */
  readonly settled: boolean;
}

/** Below this many samples a cut would follow chance. */
const FEWEST = 10;

/** Interquartile ranges from the median at which a sample is clipped: about where Tukey's inner fences lie. */
const CLIP = 2;

/**
 * How many samples at the start of a series do not belong to its steady state, by the marginal standard error rule: the cut
 * `d` with the least `Σ(x − mean)² / (n − d)²` over what follows it (White, An effective truncation heuristic for bias
 * reduction in simulation output, 1997).
 *
 * The rule is for noise without long tails; latencies have them, and a single slow inference in the middle of a steady
 * series would draw the cut to itself. So each sample is first clipped to two interquartile ranges about the median, both
 * taken from the second half, which holds no warm-up as long as that is bounded by one half.
 * @param series finite numbers in the order they were taken, any unit.
 * @param largestShare of the series that the warm-up may take, 0 … 0.5.
 * @returns a length of 0 below 10 samples.
 * @throws RangeError when the share is not in 0 … 0.5, or a sample is not finite.
 */
export function findWarmUp(series: readonly number[], largestShare = 0.5): WarmUp {
  if (!(largestShare >= 0 && largestShare <= 0.5)) {
    throw new RangeError(`cannot look for a warm-up in a share of ${largestShare}: give one from 0 to 0.5`);
  }
  const count = series.length;
  if (count < FEWEST) return { length: 0, settled: true };
  const clipped = clip(series);
  const bound = Math.floor(count * largestShare);
  let sum = 0;
  let squares = 0;
  let best = { length: 0, error: Number.POSITIVE_INFINITY };
  // From the end, so that each cut adds one sample to the sums; of equal errors the one farthest to the front wins.
  for (let cut = count - 1; cut >= 0; cut--) {
    sum += clipped[cut]!;
    squares += clipped[cut]! ** 2;
    const kept = count - cut;
    const error = (squares - sum ** 2 / kept) / kept ** 2;
    if (cut <= bound && error <= best.error) best = { length: cut, error };
  }
  return { length: best.length, settled: best.length < bound || bound === 0 };
}

/** Distance of each sample from the median of the second half in interquartile ranges of it, −2 … 2. */
function clip(series: readonly number[]): number[] {
  const late = sortSamples(series.slice(series.length >> 1));
  const middle = quantile(late, 0.5);
  const range = quantile(late, 0.75) - quantile(late, 0.25);
  return series.map((value) => {
    if (!Number.isFinite(value)) throw new RangeError(`cannot look for a warm-up with the sample ${value}`);
    // Where more than half of the samples are equal, as by a coarse clock, every other one counts as far out.
    const distance = range > 0 ? (value - middle) / range : Math.sign(value - middle) * CLIP;
    return Math.max(-CLIP, Math.min(CLIP, distance));
  });
}
