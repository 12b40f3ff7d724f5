import type { CocoResult } from '../../reference/detections.ts';
import { createRandom } from '../../reference/random.ts';

/** What another backend makes of the results of a first. */
export interface ResultPerturbation {
  readonly seed: number;
  /** Standard deviation of what moves each side of a box, as a share of its length. */
  readonly boxJitter: number;
  /** Standard deviation of what is added to each score's logit. */
  readonly scoreJitter: number;
  readonly lostShare: number;
}

export function perturbResults(
  results: readonly CocoResult[],
  { seed, boxJitter, scoreJitter, lostShare }: ResultPerturbation,
): CocoResult[] {
  const random = createRandom(seed);
  return results.flatMap((result) => {
    const [x, y, width, height] = result.bbox;
    const moved = (side: number): number => side * boxJitter * random.gaussian();
    const bbox = [x + moved(width), y + moved(height), width + moved(width), height + moved(height)] as const;
    const logit = Math.log(result.score / (1 - result.score)) + scoreJitter * random.gaussian();
    if (random.next() < lostShare) return [];
    return [{ ...result, bbox, score: Math.fround(1 / (1 + Math.exp(-logit))) }];
  });
}
