import type { FlatGroundTruth } from './flatten-ground-truth.ts';
import { ALL_THRESHOLDS, AREA_RANGES, IOU_THRESHOLDS } from './params.ts';

/** What an annotation with id 0 counts as when it is matched; see `evaluateDetections`. */
export type GroundTruthIdZero = 'match' | 'pycocotools';

/** A threshold of 1 would ask for more than rounding leaves of an IoU (`COCOeval.evaluateImg`). */
const REQUIRED_IOU = IOU_THRESHOLDS.map((threshold) => Math.min(threshold, 1 - 1e-10));

/**
 * The objects that one detection could match, the preferred first, and which objects of a category are taken. One
 * instance serves all detections: `startCategory`, then for each detection `collect` and, for each area range, `assign`.
 */
export class Candidates {
  /** Of the last `assign`: thresholds at which an object was found. */
  matchedAt = 0;
  /** Of the last `assign`: thresholds at which that object is an ignored one. */
  ignoredAt = 0;
  private count = 0;
  private objects = new Uint32Array(16);
  private ious = new Float64Array(16);
  /** Bit `t`: the IoU passes `IOU_THRESHOLDS[t]`. */
  private passes = new Uint16Array(16);
  /** By object of the category and area range. Bit `t`: a detection has it at `IOU_THRESHOLDS[t]`. */
  private taken = new Uint16Array(0);
  private firstOfCategory = 0;
  private readonly groundTruth: FlatGroundTruth;
  private readonly idZero: GroundTruthIdZero;

  constructor(groundTruth: FlatGroundTruth, idZero: GroundTruthIdZero) {
    this.groundTruth = groundTruth;
    this.idZero = idZero;
  }

  /** All objects `[from, to)` are free again. */
  startCategory(from: number, to: number): void {
    this.firstOfCategory = from;
    this.taken = new Uint16Array(AREA_RANGES.length * (to - from));
  }

  /**
   * Finds them among the `objectCount` objects of the image, from index `first` on, and returns their number.
   * @param boxes xywh, stride 4; `d` is the detection's index in it.
   */
  collect(boxes: Float64Array, d: number, first: number, objectCount: number): number {
    this.count = 0;
    if (objectCount === 0) return 0;
    const lowest = REQUIRED_IOU[0]!;
    const { boxes: objectBoxes, crowds } = this.groundTruth;
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
      const union = crowds[g] ? area : area + gWidth * gHeight - intersection;
      const iou = intersection / union;
      if (iou >= lowest) this.insert(g, iou);
    }
    return this.count;
  }

  /** The larger IoU goes first, and of equal ones the later object. */
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

  /** Gives the detection an object at each threshold where one is free, which it then no longer is. */
  assign(area: number): void {
    const { objects, passes, count, taken, firstOfCategory } = this;
    const { ignored, crowds, idZero } = this.groundTruth;
    const areas = AREA_RANGES.length;
    let open = ALL_THRESHOLDS;
    let matchedAt = 0;
    let ignoredAt = 0;
    for (let wantIgnored = 0; wantIgnored < 2; wantIgnored++) {
      for (let c = 0; c < count; c++) {
        const g = objects[c]!;
        if (((ignored[g]! >>> area) & 1) !== wantIgnored) continue;
        const place = areas * (g - firstOfCategory) + area;
        let found = passes[c]! & open;
        if (!crowds[g]) found &= ~taken[place]!;
        if (found === 0) continue;
        taken[place]! |= found;
        open &= ~found;
        if (wantIgnored) ignoredAt |= found;
        if (!idZero[g] || this.idZero === 'match') matchedAt |= found;
      }
    }
    this.matchedAt = matchedAt;
    this.ignoredAt = ignoredAt;
  }

  private grow(): void {
    const length = 2 * this.objects.length;
    const objects = new Uint32Array(length);
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
