import { Candidates, type GroundTruthIdZero } from './candidates.ts';
import type { FlatGroundTruth } from './flatten-ground-truth.ts';
import type { FlatResults } from './flatten-results.ts';
import { ALL_THRESHOLDS, AREA_RANGES, MAX_DETECTIONS, outsideAreaRanges } from './params.ts';
import { fileOrder, orderByDescending, orderByKey } from './stable-order.ts';

/**
 * What matching found out about one category. Everything after it (accumulation, also with images drawn several times or
 * not at all) needs nothing else.
 *
 * Detections stand by descending score, ties by image and then by place in the results, at most 100 of an image.
 * Bit `t` of a mask is for `IOU_THRESHOLDS[t]`; the first index of a list of masks is that of `AREA_RANGES`.
 */
export interface CategoryMatches {
  readonly count: number;
  readonly scores: Float64Array;
  /** Image index of each detection. */
  readonly images: Uint32Array;
  /** 0 for the best detection of this category in its image. */
  readonly ranks: Uint8Array;
  /** Position of each detection in the given results. */
  readonly resultIndices: Uint32Array;
  readonly matched: readonly Uint16Array[];
  /** Neither right nor wrong: matched to an ignored object, or unmatched and outside of the area range. */
  readonly ignored: readonly Uint16Array[];
  /** Image index of each object. */
  readonly groundTruthImages: Uint32Array;
  /** Bit `a`: the object is not to be found in `AREA_RANGES[a]`. */
  readonly groundTruthIgnored: Uint8Array;
}

const AREAS = AREA_RANGES.length;
const LIMIT = MAX_DETECTIONS[MAX_DETECTIONS.length - 1]!;

/**
 * Matches the detections of every category with its objects, greedily by descending score (pycocotools `cocoeval.py`,
 * `COCOeval.evaluateImg`; the IoU is `bbIou` of `maskApi.c`).
 *
 * A detection takes the free object of the largest IoU, the later one of equals; it takes an ignored object only when no
 * other is left for it, and a crowd is always free. Since this preference is the same at every threshold, a bit mask
 * carries all ten through one pass, and pairs below the lowest threshold are dropped where their IoU is computed.
 */
export function matchDetections(
  groundTruth: FlatGroundTruth,
  results: FlatResults,
  imageCount: number,
  idZero: GroundTruthIdZero,
): CategoryMatches[] {
  const matcher = new Matcher(groundTruth, results, imageCount, idZero);
  const categories: CategoryMatches[] = [];
  for (let k = 0; k + 1 < groundTruth.categoryStart.length; k++) categories.push(matcher.match(k));
  return categories;
}

/** Holds what all categories can share, above all scratch space by image. */
class Matcher {
  private readonly groundTruth: FlatGroundTruth;
  private readonly results: FlatResults;
  private readonly candidates: Candidates;
  private readonly firstObject: Uint32Array;
  private readonly objectCount: Uint32Array;
  private readonly detectionsSeen: Uint32Array;

  constructor(
    groundTruth: FlatGroundTruth,
    results: FlatResults,
    imageCount: number,
    idZero: GroundTruthIdZero,
  ) {
    this.groundTruth = groundTruth;
    this.results = results;
    this.candidates = new Candidates(groundTruth, idZero);
    this.firstObject = new Uint32Array(imageCount);
    this.objectCount = new Uint32Array(imageCount);
    this.detectionsSeen = new Uint32Array(imageCount);
  }

  match(k: number): CategoryMatches {
    const { groundTruth, results, firstObject, objectCount } = this;
    const objectsFrom = groundTruth.categoryStart[k]!;
    const objectsTo = groundTruth.categoryStart[k + 1]!;
    objectCount.fill(0);
    for (let g = objectsFrom; g < objectsTo; g++) {
      const image = groundTruth.images[g]!;
      if (objectCount[image]!++ === 0) firstObject[image] = g;
    }
    const from = results.categoryStart[k]!;
    const to = results.categoryStart[k + 1]!;
    const fileImages = results.images.subarray(from, to);
    const fileScores = results.scores.subarray(from, to);
    // The order in which pycocotools accumulates. Within an image it is also the one in which it matches.
    const byImage = orderByKey(fileOrder(to - from), fileImages, objectCount.length);
    const { kept, ranks } = this.keepBest(orderByDescending(byImage, fileScores), fileImages);
    const count = kept.length;
    const scores = new Float64Array(count);
    const images = new Uint32Array(count);
    const resultIndices = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const d = kept[i]!;
      scores[i] = fileScores[d]!;
      images[i] = fileImages[d]!;
      resultIndices[i] = results.resultIndices[from + d]!;
    }
    const matched = AREA_RANGES.map(() => new Uint16Array(count));
    const ignored = AREA_RANGES.map(() => new Uint16Array(count));
    this.candidates.startCategory(objectsFrom, objectsTo);
    this.matchKept(kept, images, results.boxes.subarray(4 * from, 4 * to), matched, ignored);
    return {
      count,
      scores,
      images,
      ranks,
      resultIndices,
      matched,
      ignored,
      groundTruthImages: groundTruth.images.subarray(objectsFrom, objectsTo),
      groundTruthIgnored: groundTruth.ignored.subarray(objectsFrom, objectsTo),
    };
  }

  /** The detections that are among the best 100 of their image, and the rank of each there. */
  private keepBest(order: Uint32Array, images: Uint32Array): { kept: Uint32Array; ranks: Uint8Array } {
    const { detectionsSeen } = this;
    detectionsSeen.fill(0);
    const kept = new Uint32Array(order.length);
    const ranks = new Uint8Array(order.length);
    let count = 0;
    for (let i = 0; i < order.length; i++) {
      const d = order[i]!;
      const rank = detectionsSeen[images[d]!]!++;
      if (rank >= LIMIT) continue;
      ranks[count] = rank;
      kept[count++] = d;
    }
    return { kept: kept.subarray(0, count), ranks: ranks.subarray(0, count) };
  }

  /** `images` are those of the kept detections, `boxes` those of all of the category. */
  private matchKept(
    kept: Uint32Array,
    images: Uint32Array,
    boxes: Float64Array,
    matched: readonly Uint16Array[],
    ignored: readonly Uint16Array[],
  ): void {
    const { candidates, firstObject, objectCount } = this;
    for (let i = 0; i < kept.length; i++) {
      const d = kept[i]!;
      const image = images[i]!;
      const outside = outsideAreaRanges(boxes[4 * d + 2]! * boxes[4 * d + 3]!);
      if (candidates.collect(boxes, d, firstObject[image]!, objectCount[image]!) === 0) {
        for (let a = 0; a < AREAS; a++) {
          if ((outside >>> a) & 1) ignored[a]![i] = ALL_THRESHOLDS;
        }
        continue;
      }
      for (let a = 0; a < AREAS; a++) {
        candidates.assign(a);
        const { matchedAt, ignoredAt } = candidates;
        matched[a]![i] = matchedAt;
        ignored[a]![i] = (outside >>> a) & 1 ? ignoredAt | (ALL_THRESHOLDS & ~matchedAt) : ignoredAt;
      }
    }
  }
}
