import {
  AREA_RANGES,
  type CategoryMatches,
  COCO_METRICS,
  type CocoEvaluation,
  IOU_THRESHOLDS,
  RECALL_THRESHOLDS,
} from '../evaluate/index.ts';
import { metricSlice } from '../evaluate/metric-slice.ts';

/** The lowest and the highest a figure can be, as fractions. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** The figures that the order of equal scores can move; recall looks at no order, but for what matching did. */
export type PrecisionName = Extract<(typeof COCO_METRICS)[number], { kind: 'precision' }>['name'];

export interface TieBand {
  /** null where there is no ground truth. */
  readonly metrics: Readonly<Record<PrecisionName, Band | null>>;
  /** By category, as the evaluation's `perCategory`; null where it has no ground truth. */
  readonly perCategory: readonly { readonly ap: Band | null; readonly ap50: Band | null }[];
}

/** The evaluation adds its means in another order. */
const ROUNDING = 1e-12;

const PRECISION_METRICS = COCO_METRICS.filter((metric) => metric.kind === 'precision');
const RECALLS = RECALL_THRESHOLDS.length;

/**
 * How far the order of detections with equal scores can move the figures. COCO counts them in the order of the image ids,
 * which says nothing about a detector; scores on the grid of a quantised tensor tie by the hundred.
 *
 * The band is over all orders of equal scores in *accumulation*, within and across images: at each threshold the curve is
 * highest where the right ones come first and lowest where they come last, and both ends are reached. For AP, a mean over
 * thresholds, one order reaches an end at all ten at once where of tied detections one is right wherever the other is, as a
 * rule; where not, the band can only be too wide. Renaming the images gives some of these orders, and so stays inside.
 * Not in the band: which object each detection of an image takes, and which are its best 100 or survive NMS, where scores
 * tie *within* an image; that is done in the order of the results and taken as it is.
 */
export function tieBand({ matches, perCategory }: CocoEvaluation): TieBand {
  const most = Math.max(0, ...matches.map(({ groundTruthImages }) => groundTruthImages.length));
  const curve = new Curve(most);
  const bands = AREA_RANGES.map((_, area) => matches.map((category) => bandsOf(category, area, curve)));
  const metrics = {} as Record<PrecisionName, Band | null>;
  for (const metric of PRECISION_METRICS) {
    const { area, first, end } = metricSlice(metric);
    metrics[metric.name] = meanBand(bands[area]!.flatMap((category) => category?.slice(first, end) ?? []));
  }
  return {
    metrics,
    perCategory: perCategory.map((_, k) => {
      const own = bands[0]![k]! ?? [];
      return { ap: meanBand(own), ap50: meanBand(own.slice(0, 1)) };
    }),
  };
}

/**
 * Whether two figures are no further apart than ties alone can take one of them: the one lies in the other's band. Such a
 * difference is none, whatever its interval says.
 */
export function withinTies(
  baseline: { readonly figure: number; readonly band: Band },
  candidate: { readonly figure: number; readonly band: Band },
): boolean {
  const inside = (figure: number, { low, high }: Band): boolean =>
    figure >= low - ROUNDING && figure <= high + ROUNDING;
  return inside(candidate.figure, baseline.band) || inside(baseline.figure, candidate.band);
}

function meanBand(bands: readonly Band[]): Band | null {
  if (bands.length === 0) return null;
  let low = 0;
  let high = 0;
  for (const band of bands) {
    low += band.low;
    high += band.high;
  }
  return { low: low / bands.length, high: high / bands.length };
}

/** By threshold; null where the category has no object in the area range. */
function bandsOf(category: CategoryMatches, area: number, curve: Curve): Band[] | null {
  const { groundTruthIgnored } = category;
  let objects = 0;
  for (const ignored of groundTruthIgnored) if (((ignored >>> area) & 1) === 0) objects++;
  if (objects === 0) return null;
  return Array.from(IOU_THRESHOLDS, (_, t) => ({
    low: averagePrecision(category, area, t, objects, 'wrong-first', curve),
    high: averagePrecision(category, area, t, objects, 'right-first', curve),
  }));
}

function averagePrecision(
  { count, scores, matched, ignored }: CategoryMatches,
  area: number,
  t: number,
  objects: number,
  order: 'wrong-first' | 'right-first',
  curve: Curve,
): number {
  const matchedAt = matched[area]!;
  const ignoredAt = ignored[area]!;
  let seen = 0;
  curve.clear();
  for (let from = 0; from < count; ) {
    let right = 0;
    let wrong = 0;
    let to = from;
    for (; to < count && scores[to] === scores[from]; to++) {
      if ((ignoredAt[to]! >>> t) & 1) continue;
      if ((matchedAt[to]! >>> t) & 1) right++;
      else wrong++;
    }
    if (order === 'wrong-first') seen += wrong;
    for (; right > 0; right--) curve.addRight(++seen);
    if (order === 'right-first') seen += wrong;
    from = to;
  }
  return curve.mean(objects);
}

/** Precision after each true positive, and the mean over the recall points of the best at that recall or more. */
class Curve {
  private count = 0;
  private readonly precision: Float64Array;

  constructor(objects: number) {
    this.precision = new Float64Array(objects);
  }

  clear(): void {
    this.count = 0;
  }

  /** @param seen detections so far, this one among them. */
  addRight(seen: number): void {
    this.precision[this.count] = (this.count + 1) / (seen + Number.EPSILON);
    this.count++;
  }

  mean(objects: number): number {
    const { count, precision } = this;
    let best = 0;
    let sum = 0;
    let i = count - 1;
    for (let r = RECALLS - 1; r >= 0; r--) {
      // The true positives from the first that reaches this recall on; at a recall of 0 that is the very first.
      for (; i >= 0 && (i + 1) / objects >= RECALL_THRESHOLDS[r]!; i--) best = Math.max(best, precision[i]!);
      sum += best;
    }
    return sum / RECALLS;
  }
}
