import { createRandom } from '../../../../reference/random.ts';
import { changePoints } from '../../../../reference/statistics/index.ts';
import { generateNights, type NoiseKind } from './generated-nights.ts';
import { YEAR } from './nightly-looks.ts';

export interface Coverage {
  /** Years whose change was found, no more than two nights off. */
  readonly found: number;
  /** Share of those whose interval has the planted size. */
  readonly covered: number;
  /** Mean of found over planted size. */
  readonly meanSize: number;
}

/** How often the interval of a change's size has the size that was planted; looked at `nightsAfter` nights after it. */
export function intervalCoverage(
  noise: NoiseKind,
  { size, nightsAfter, years, seed }: { size: number; nightsAfter: number; years: number; seed: number },
): Coverage {
  const random = createRandom(seed);
  let found = 0;
  let covered = 0;
  let sum = 0;
  for (let year = 0; year < years; year++) {
    const at = 60 + random.integer(YEAR - 60 - nightsAfter);
    const plan = { nights: at + nightsAfter, noise, planted: [{ at, by: size }], missing: 0.05 };
    const change = changePoints(generateNights(random, plan)).changes.find(
      ({ index }) => Math.abs(index - at) <= 2,
    );
    if (change === undefined) continue;
    found++;
    sum += change.size / size;
    if (change.interval[0] <= size && size <= change.interval[1]) covered++;
  }
  return { found, covered: covered / found, meanSize: sum / found };
}
