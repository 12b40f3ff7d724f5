import type { CategoryMatches } from '../evaluate/index.ts';

/**
 * The matches of two backends on the same images as those of one on twice as many: image `i` of the second is
 * `imageCount + i`, and has the objects of image `i` once more. With a weight of 1 for `i` and 0 for `imageCount + i`, or the
 * other way round, an accumulation has for each image what either backend found there, in the order it would have had if
 * one of them had found it all.
 */
export function mergeMatches(
  first: readonly CategoryMatches[],
  second: readonly CategoryMatches[],
  imageCount: number,
): CategoryMatches[] {
  return first.map((matches, k) => mergeCategory(matches, second[k]!, imageCount));
}

function mergeCategory(first: CategoryMatches, second: CategoryMatches, imageCount: number): CategoryMatches {
  const count = first.count + second.count;
  const merged = {
    count,
    scores: new Float64Array(count),
    images: new Uint32Array(count),
    ranks: new Uint8Array(count),
    resultIndices: new Uint32Array(count),
    matched: first.matched.map(() => new Uint16Array(count)),
    ignored: first.ignored.map(() => new Uint16Array(count)),
    groundTruthImages: new Uint32Array(2 * first.groundTruthImages.length),
    groundTruthIgnored: new Uint8Array(2 * first.groundTruthIgnored.length),
  };
  for (let to = 0, a = 0, b = 0; to < count; to++) {
    const fromFirst = b === second.count || (a < first.count && comesFirst(first, a, second, b));
    const source = fromFirst ? first : second;
    const i = fromFirst ? a++ : b++;
    merged.scores[to] = source.scores[i]!;
    merged.images[to] = source.images[i]! + (fromFirst ? 0 : imageCount);
    merged.ranks[to] = source.ranks[i]!;
    merged.resultIndices[to] = source.resultIndices[i]!;
    for (let area = 0; area < merged.matched.length; area++) {
      merged.matched[area]![to] = source.matched[area]![i]!;
      merged.ignored[area]![to] = source.ignored[area]![i]!;
    }
  }
  const objects = first.groundTruthImages.length;
  merged.groundTruthImages.set(first.groundTruthImages);
  merged.groundTruthImages.set(
    first.groundTruthImages.map((image) => imageCount + image),
    objects,
  );
  merged.groundTruthIgnored.set(first.groundTruthIgnored);
  merged.groundTruthIgnored.set(first.groundTruthIgnored, objects);
  return merged;
}

/** By descending score, ties by image. Of one image only one backend's detections ever count, so that theirs need no order. */
function comesFirst(first: CategoryMatches, a: number, second: CategoryMatches, b: number): boolean {
  const score = first.scores[a]!;
  const other = second.scores[b]!;
  return score > other || (score === other && first.images[a]! <= second.images[b]!);
}
