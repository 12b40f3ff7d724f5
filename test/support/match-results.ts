import type { CocoResult } from '../../reference/detections.ts';

export interface ResultTolerance {
  /** Largest difference of a box coordinate. */
  readonly pixels: number;
  readonly score: number;
}

/**
 * Pairs each expected result with one actual result of the same image and category within the tolerance, and returns
 * what is left over on either side as text; empty when the two are the same set.
 */
export function unmatched(
  expected: readonly CocoResult[],
  actual: readonly CocoResult[],
  { pixels, score }: ResultTolerance,
): string[] {
  const key = ({ image_id, category_id }: CocoResult): string => `${image_id}/${category_id}`;
  const open = new Map<string, CocoResult[]>();
  for (const result of actual) open.set(key(result), [...(open.get(key(result)) ?? []), result]);
  const left: string[] = [];
  for (const result of expected) {
    const candidates = open.get(key(result)) ?? [];
    const index = candidates.findIndex(
      (candidate) =>
        Math.abs(candidate.score - result.score) <= score &&
        candidate.bbox.every((value, axis) => Math.abs(value - result.bbox[axis]!) <= pixels),
    );
    if (index < 0) left.push(`missing ${JSON.stringify(result)}`);
    else candidates.splice(index, 1);
  }
  for (const results of open.values())
    for (const result of results) left.push(`extra ${JSON.stringify(result)}`);
  return left;
}
