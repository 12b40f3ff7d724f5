import type { CategoryMatches } from './match.ts';
import { ALL_THRESHOLDS, IOU_THRESHOLDS, MAX_DETECTIONS, RECALL_THRESHOLDS } from './params.ts';

const THRESHOLDS = IOU_THRESHOLDS.length;
const RECALLS = RECALL_THRESHOLDS.length;
const [ONE, TEN] = MAX_DETECTIONS;

/** Which of the prepared detections and objects are those of one category; ends are exclusive. */
interface Range {
  readonly detectionsFrom: number;
  readonly detectionsTo: number;
  readonly objectsFrom: number;
  readonly objectsTo: number;
}

/** Means over the recall points and recalls of one category. */
export interface CategoryFigures {
  /** Mean over the recall points of the precision there, by IoU threshold. */
  readonly precision: Float64Array;
  /** Weight of the objects found, by detections looked at (1, 10, 100) and IoU threshold, row-major. */
  readonly found: Float64Array;
}

/**
 * The detections of all categories in one area range, laid out for going through them thousands of times with other
 * weights of the images (`accumulate` does the same, once, and is its oracle).
 *
 * Precision is read only where a true positive stands, and there only two sums count: the weight of the true positives so
 * far and that of all detections so far. So what is kept are the images of all detections that count, whose weights are
 * summed once for all thresholds, and for each threshold the places of its true positives. Detections after the last true
 * positive of a category are left out: nothing is read there.
 */
export class PreparedArea {
  private readonly ranges: readonly Range[];
  /** Image of each detection that is not ignored at every threshold, category after category. */
  private readonly detectionImages: Int32Array;
  private readonly objectImages: Int32Array;
  /** Events of category `k` and threshold `t` are `[eventStart[k · 10 + t], eventStart[k · 10 + t + 1])`. */
  private readonly eventStart: Int32Array;
  /** Image of a true positive; `~image` of a detection that is ignored at this threshold alone. */
  private readonly eventImages: Int32Array;
  /** How many detections of its category, itself among them, there are down to each event. */
  private readonly eventPlaces: Int32Array;
  private readonly eventRanks: Uint8Array;

  private readonly prefix: Int32Array;
  private readonly rightSoFar: Int32Array;
  private readonly precisionAt: Float64Array;
  /** How many recall points are reached with each weight of true positives; made anew for each category. */
  private pointsReached: Uint8Array;

  constructor(categories: readonly CategoryMatches[], area: number) {
    const ranges: Range[] = [];
    const eventStart = new Int32Array(categories.length * THRESHOLDS + 1);
    let detections = 0;
    let objects = 0;
    let events = 0;
    for (const category of categories) {
      detections += category.count;
      objects += category.groundTruthImages.length;
      events += countEvents(category, area);
    }
    const detectionImages = new Int32Array(detections);
    const objectImages = new Int32Array(objects);
    this.eventImages = new Int32Array(events);
    this.eventPlaces = new Int32Array(events);
    this.eventRanks = new Uint8Array(events);

    let detectionsTo = 0;
    let objectsTo = 0;
    let eventsTo = 0;
    let mostDetections = 0;
    let mostEvents = 0;
    for (const [k, category] of categories.entries()) {
      const detectionsFrom = detectionsTo;
      const objectsFrom = objectsTo;
      const { images, ranks, groundTruthImages, groundTruthIgnored } = category;
      const matched = category.matched[area]!;
      const ignored = category.ignored[area]!;
      for (let g = 0; g < groundTruthImages.length; g++) {
        if (((groundTruthIgnored[g]! >>> area) & 1) === 0) objectImages[objectsTo++] = groundTruthImages[g]!;
      }
      // Without an object that counts, a category has no figure.
      const end = objectsTo === objectsFrom ? 0 : afterLastRight(category, area);
      for (let i = 0; i < end; i++) {
        if (ignored[i]! !== ALL_THRESHOLDS) detectionImages[detectionsTo++] = images[i]!;
      }
      for (let t = 0; t < THRESHOLDS; t++) {
        let place = 0;
        const before = eventsTo;
        for (let i = 0; i < end; i++) {
          const ignoredAt = ignored[i]!;
          if (ignoredAt === ALL_THRESHOLDS) continue;
          place++;
          const isIgnored = ((ignoredAt >>> t) & 1) === 1;
          if (!isIgnored && ((matched[i]! >>> t) & 1) === 0) continue;
          this.eventImages[eventsTo] = isIgnored ? ~images[i]! : images[i]!;
          this.eventPlaces[eventsTo] = place;
          this.eventRanks[eventsTo++] = ranks[i]!;
        }
        eventStart[k * THRESHOLDS + t + 1] = eventsTo;
        mostEvents = Math.max(mostEvents, eventsTo - before);
      }
      ranges.push({ detectionsFrom, detectionsTo, objectsFrom, objectsTo });
      mostDetections = Math.max(mostDetections, detectionsTo - detectionsFrom);
    }
    this.ranges = ranges;
    this.eventStart = eventStart;
    this.detectionImages = detectionImages.slice(0, detectionsTo);
    this.objectImages = objectImages.slice(0, objectsTo);
    this.prefix = new Int32Array(mostDetections + 1);
    this.rightSoFar = new Int32Array(mostEvents);
    this.precisionAt = new Float64Array(mostEvents);
    this.pointsReached = new Uint8Array(0);
  }

  /** Weight of the objects of category `k`. */
  countObjects(k: number, weights: Uint16Array): number {
    const { objectImages } = this;
    const { objectsFrom, objectsTo } = this.ranges[k]!;
    let sum = 0;
    for (let g = objectsFrom; g < objectsTo; g++) sum += weights[objectImages[g]!]!;
    return sum;
  }

  /**
   * Writes the figures of category `k` with these weights into `into`.
   * @param objects what `countObjects` gives, not 0.
   */
  evaluate(k: number, weights: Uint16Array, objects: number, into: CategoryFigures): void {
    const { eventStart, eventImages, eventPlaces, prefix, rightSoFar, precisionAt } = this;
    this.sumWeights(k, weights);
    const points = this.reachPoints(objects);
    for (let t = 0; t < THRESHOLDS; t++) {
      const from = eventStart[k * THRESHOLDS + t]!;
      const to = eventStart[k * THRESHOLDS + t + 1]!;
      let right = 0;
      let ignored = 0;
      let count = 0;
      for (let e = from; e < to; e++) {
        const image = eventImages[e]!;
        if (image < 0) {
          ignored += weights[~image]!;
          continue;
        }
        right += weights[image]!;
        rightSoFar[count] = right;
        precisionAt[count++] = right / (prefix[eventPlaces[e]!]! - ignored + Number.EPSILON);
      }
      // From the right: the best precision so far holds at all recall points that this true positive is the first to reach.
      let best = 0;
      let sum = 0;
      let reached = points[right]!;
      for (let i = count - 1; i >= 0; i--) {
        if (precisionAt[i]! > best) best = precisionAt[i]!;
        const before = i === 0 ? 0 : points[rightSoFar[i - 1]!]!;
        sum += best * (reached - before);
        reached = before;
      }
      into.precision[t] = sum / RECALLS;
      into.found[2 * THRESHOLDS + t] = right;
    }
  }

  /** Fills in what is found with 1 and with 10 detections an image, which `evaluate` leaves out. */
  evaluateFewDetections(k: number, weights: Uint16Array, into: CategoryFigures): void {
    const { eventStart, eventImages, eventRanks } = this;
    for (let t = 0; t < THRESHOLDS; t++) {
      const to = eventStart[k * THRESHOLDS + t + 1]!;
      let withinOne = 0;
      let withinTen = 0;
      for (let e = eventStart[k * THRESHOLDS + t]!; e < to; e++) {
        const image = eventImages[e]!;
        if (image < 0 || eventRanks[e]! >= TEN) continue;
        const weight = weights[image]!;
        withinTen += weight;
        if (eventRanks[e]! < ONE) withinOne += weight;
      }
      into.found[t] = withinOne;
      into.found[THRESHOLDS + t] = withinTen;
    }
  }

  private sumWeights(k: number, weights: Uint16Array): void {
    const { detectionImages, prefix } = this;
    const { detectionsFrom, detectionsTo } = this.ranges[k]!;
    let sum = 0;
    for (let i = detectionsFrom, at = 1; i < detectionsTo; i++, at++) {
      sum += weights[detectionImages[i]!]!;
      prefix[at] = sum;
    }
  }

  private reachPoints(objects: number): Uint8Array {
    if (this.pointsReached.length <= objects) this.pointsReached = new Uint8Array(2 * objects + 1);
    const points = this.pointsReached;
    const recalls = RECALL_THRESHOLDS;
    let from = 0;
    for (let reached = 0; reached < RECALLS; reached++) {
      // The first weight that reaches the next point. The rounded quotient decides, as `numpy.searchsorted` has it.
      let next = Math.ceil(recalls[reached]! * objects);
      while (next > 0 && (next - 1) / objects >= recalls[reached]!) next--;
      while (next / objects < recalls[reached]!) next++;
      for (; from < next; from++) points[from] = reached;
    }
    for (; from <= objects; from++) points[from] = RECALLS;
    return points;
  }
}

/** True positives of any threshold, and detections before the last of them that are ignored at some thresholds. */
function countEvents(category: CategoryMatches, area: number): number {
  const matched = category.matched[area]!;
  const ignored = category.ignored[area]!;
  const end = afterLastRight(category, area);
  let events = 0;
  for (let i = 0; i < end; i++) {
    if (ignored[i] === ALL_THRESHOLDS) continue;
    for (let bits = matched[i]! | ignored[i]!; bits > 0; bits &= bits - 1) events++;
  }
  return events;
}

/** One more than the index of the last detection that is right at some threshold. */
function afterLastRight(category: CategoryMatches, area: number): number {
  const matched = category.matched[area]!;
  const ignored = category.ignored[area]!;
  let end = category.count;
  while (end > 0 && (matched[end - 1]! & ~ignored[end - 1]!) === 0) end--;
  return end;
}
