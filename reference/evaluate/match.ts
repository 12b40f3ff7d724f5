import type { FlatGroundTruth } from './flatten-ground-truth.ts';
import type { FlatResults } from './flatten-results.ts';
import { ALL_THRESHOLDS, AREA_RANGES, IOU_THRESHOLDS, MAX_DETECTIONS, outsideAreaRanges } from './params.ts';

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

/** What an annotation with id 0 counts as when it is matched; see `evaluateDetections`. */
export type GroundTruthIdZero = 'match' | 'pycocotools';

const AREAS = AREA_RANGES.length;
const LIMIT = MAX_DETECTIONS[MAX_DETECTIONS.length - 1]!;
/** A threshold of 1 would ask for more than rounding leaves of an IoU (`COCOeval.evaluateImg`). */
const REQUIRED_IOU = IOU_THRESHOLDS.map((threshold) => Math.min(threshold, 1 - 1e-10));

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
  const candidates = new Candidates();
  const firstObject = new Int32Array(imageCount);
  const objectCount = new Int32Array(imageCount);
  const detectionsSeen = new Uint32Array(imageCount);
  const categories: CategoryMatches[] = [];
  for (let k = 0; k + 1 < groundTruth.categoryStart.length; k++) {
    const objectsFrom = groundTruth.categoryStart[k]!;
    const objectsTo = groundTruth.categoryStart[k + 1]!;
    for (let g = objectsFrom; g < objectsTo; g++) {
      const image = groundTruth.images[g]!;
      if (objectCount[image]!++ === 0) firstObject[image] = g;
    }

    const { order } = results;
    const from = results.categoryStart[k]!;
    const to = results.categoryStart[k + 1]!;
    const scores = new Float64Array(to - from);
    const images = new Uint32Array(to - from);
    const ranks = new Uint8Array(to - from);
    const resultIndices = new Uint32Array(to - from);
    const matched = AREA_RANGES.map(() => new Uint16Array(to - from));
    const ignored = AREA_RANGES.map(() => new Uint16Array(to - from));
    const taken = AREA_RANGES.map(() => new Uint16Array(objectsTo - objectsFrom));
    let count = 0;
    for (let position = from; position < to; position++) {
      const d = order[position]!;
      const image = results.images[d]!;
      const rank = detectionsSeen[image]!++;
      if (rank >= LIMIT) continue;
      scores[count] = results.scores[d]!;
      images[count] = image;
      ranks[count] = rank;
      resultIndices[count] = results.resultIndices[d]!;

      const objects = objectCount[image]!;
      if (objects > 0) candidates.collect(results.boxes, d, groundTruth, firstObject[image]!, objects);
      else candidates.clear();
      const outside = outsideAreaRanges(results.boxes[4 * d + 2]! * results.boxes[4 * d + 3]!);
      for (let a = 0; a < AREAS; a++) {
        let matchedAt = 0;
        let ignoredAt = 0;
        if (candidates.count > 0) {
          candidates.assign(groundTruth, a, taken[a]!, objectsFrom, idZero);
          matchedAt = candidates.matchedAt;
          ignoredAt = candidates.ignoredAt;
        }
        if ((outside >>> a) & 1) ignoredAt |= ALL_THRESHOLDS & ~matchedAt;
        matched[a]![count] = matchedAt;
        ignored[a]![count] = ignoredAt;
      }
      count++;
    }

    categories.push({
      count,
      scores: scores.subarray(0, count),
      images: images.subarray(0, count),
      ranks: ranks.subarray(0, count),
      resultIndices: resultIndices.subarray(0, count),
      matched: matched.map((masks) => masks.subarray(0, count)),
      ignored: ignored.map((masks) => masks.subarray(0, count)),
      groundTruthImages: groundTruth.images.subarray(objectsFrom, objectsTo),
      groundTruthIgnored: groundTruth.ignored.subarray(objectsFrom, objectsTo),
    });
    for (let g = objectsFrom; g < objectsTo; g++) objectCount[groundTruth.images[g]!] = 0;
    for (let position = from; position < to; position++)
      detectionsSeen[results.images[order[position]!]!] = 0;
  }
  return categories;
}

/** The objects that one detection could match, the preferred first. One instance serves all detections. */
class Candidates {
  count = 0;
  /** Of the last `assign`: thresholds at which an object was found. */
  matchedAt = 0;
  /** Of the last `assign`: thresholds at which that object is an ignored one. */
  ignoredAt = 0;
  private objects = new Int32Array(16);
  private ious = new Float64Array(16);
  private passes = new Uint16Array(16);

  clear(): void {
    this.count = 0;
  }

  /** Finds them among `objectCount` objects of the image, from index `first` on. */
  collect(
    boxes: Float64Array,
    d: number,
    groundTruth: FlatGroundTruth,
    first: number,
    objectCount: number,
  ): void {
    this.count = 0;
    const lowest = REQUIRED_IOU[0]!;
    const objectBoxes = groundTruth.boxes;
    const x = boxes[4 * d]!;
    const y = boxes[4 * d + 1]!;
    const width = boxes[4 * d + 2]!;
    const height = boxes[4 * d + 3]!;
    const right = width + x;
    const bottom = height + y;
    const area = width * height;
    for (let g = first; g < first + objectCount; g++) {
      const gx = objectBoxes[4 * g]!;
      const gWidth = objectBoxes[4 * g + 2]!;
      const overlapX = Math.min(right, gWidth + gx) - Math.max(x, gx);
      if (overlapX <= 0) continue;
      const gy = objectBoxes[4 * g + 1]!;
      const gHeight = objectBoxes[4 * g + 3]!;
      const overlapY = Math.min(bottom, gHeight + gy) - Math.max(y, gy);
      if (overlapY <= 0) continue;
      const intersection = overlapX * overlapY;
      const union = groundTruth.crowds[g] ? area : area + gWidth * gHeight - intersection;
      const iou = intersection / union;
      if (iou >= lowest) this.insert(g, iou);
    }
  }

  private insert(object: number, iou: number): void {
    if (this.count === this.objects.length) this.grow();
    const { objects, ious, passes } = this;
    let place = this.count++;
    while (place > 0 && ious[place - 1]! <= iou) {
      objects[place] = objects[place - 1]!;
      ious[place] = ious[place - 1]!;
      passes[place] = passes[place - 1]!;
      place--;
    }
    let passed = 1;
    while (passed < REQUIRED_IOU.length && iou >= REQUIRED_IOU[passed]!) passed++;
    objects[place] = object;
    ious[place] = iou;
    passes[place] = (1 << passed) - 1;
  }

  /** Gives the detection an object at each threshold where one is free, and notes in `taken` that it is no longer. */
  assign(
    groundTruth: FlatGroundTruth,
    area: number,
    taken: Uint16Array,
    firstOfCategory: number,
    idZero: GroundTruthIdZero,
  ): void {
    const { objects, passes, count } = this;
    const { ignored, crowds } = groundTruth;
    let open = ALL_THRESHOLDS;
    let matchedAt = 0;
    let ignoredAt = 0;
    for (let wantIgnored = 0; wantIgnored < 2; wantIgnored++) {
      for (let c = 0; c < count; c++) {
        const g = objects[c]!;
        if (((ignored[g]! >>> area) & 1) !== wantIgnored) continue;
        let found = passes[c]! & open;
        if (!crowds[g]) found &= ~taken[g - firstOfCategory]!;
        if (found === 0) continue;
        taken[g - firstOfCategory]! |= found;
        open &= ~found;
        if (wantIgnored) ignoredAt |= found;
        if (idZero === 'match' || !groundTruth.idZero[g]) matchedAt |= found;
      }
    }
    this.matchedAt = matchedAt;
    this.ignoredAt = ignoredAt;
  }

  private grow(): void {
    const length = 2 * this.objects.length;
    const objects = new Int32Array(length);
    const ious = new Float64Array(length);
    const passes = new Uint16Array(length);
    objects.set(this.objects);
    ious.set(this.ious);
    passes.set(this.passes);
    this.objects = objects;
    this.ious = ious;
    this.passes = passes;
  }
}
