import type { CategoryMatches } from './match.ts';
import type { CocoMetric, MetricName } from './metric-names.ts';
import { metricNamed, metricSlice } from './metric-slice.ts';
import { AREA_RANGES, IOU_THRESHOLDS, MAX_DETECTIONS } from './params.ts';
import { type CategoryFigures, PreparedArea } from './prepared-area.ts';

const THRESHOLDS = IOU_THRESHOLDS.length;

interface WantedFigure {
  /** Where in a row its values begin. */
  readonly from: number;
  readonly kind: CocoMetric['kind'];
  /** Thresholds `[first, end)` that are averaged. */
  readonly first: number;
  readonly end: number;
  /** Where the weights found with its number of detections begin. */
  readonly foundFrom: number;
}

interface WantedArea {
  readonly prepared: PreparedArea;
  readonly figures: readonly WantedFigure[];
  readonly fewDetections: boolean;
}

/**
 * The matches of one result set, prepared for its figures with thousands of other image weights. A row holds each
 * metric's value for each category, `[metric, category]`, row-major; the categories stand as in the matches, and what has
 * no object in the metric's area range is NaN. `meanOfCategories` of a metric's values is COCO's figure.
 *
 * The figures are those of `summarize(accumulate(matches, imageCount, weights))` within 1e-12: the same quotients, added
 * in another order.
 */
export class PreparedAccumulation {
  readonly categoryCount: number;
  readonly imageCount: number;
  readonly rowLength: number;
  private readonly areas: readonly WantedArea[];
  private readonly allCategories: Int32Array;
  private readonly figures: CategoryFigures = {
    precision: new Float64Array(THRESHOLDS),
    found: new Float64Array(MAX_DETECTIONS.length * THRESHOLDS),
  };

  /** @param metrics the figures wanted; those of area 'all' and 100 detections cost less than half of all twelve. */
  constructor(matches: readonly CategoryMatches[], imageCount: number, metrics: readonly MetricName[]) {
    this.categoryCount = matches.length;
    this.allCategories = Int32Array.from(matches.keys());
    this.imageCount = imageCount;
    this.rowLength = metrics.length * matches.length;
    this.areas = AREA_RANGES.flatMap(({ name }, area): WantedArea[] => {
      const wanted = metrics.flatMap((metricName, m) => {
        const metric = metricNamed(metricName);
        return metric.area === name ? [{ metric, from: m * matches.length }] : [];
      });
      if (wanted.length === 0) return [];
      return [
        {
          prepared: new PreparedArea(matches, area),
          figures: wanted.map(({ metric, from }) => wantedFigure(metric, from)),
          fewDetections: wanted.some(({ metric }) => metric.maxDetections < 100),
        },
      ];
    });
  }

  /**
   * @param weights how often each image counts, by image index.
   * @param row written to: `rowLength` values.
   * @param categories indices of those wanted; absent = all. The others' values become NaN.
   * @throws RangeError when there are weights for other than `imageCount` images.
   */
  evaluate(weights: Uint16Array, row: Float64Array, categories: Int32Array = this.allCategories): void {
    if (weights.length !== this.imageCount) {
      throw new RangeError(
        `cannot weight ${this.imageCount} images with ${weights.length} weights; give one for each image`,
      );
    }
    const { figures } = this;
    row.fill(Number.NaN, 0, this.rowLength);
    for (const { prepared, figures: wanted, fewDetections } of this.areas) {
      for (let c = 0; c < categories.length; c++) {
        const k = categories[c]!;
        const objects = prepared.countObjects(k, weights);
        if (objects === 0) continue;
        prepared.evaluate(k, weights, objects, figures);
        if (fewDetections) prepared.evaluateFewDetections(k, weights, figures);
        for (let f = 0; f < wanted.length; f++) {
          row[wanted[f]!.from + k] = figureOf(wanted[f]!, figures, objects);
        }
      }
    }
  }
}

/** Mean of `values[from, from + count)` without those that are NaN; NaN when all are. */
export function meanOfCategories(values: Float64Array, from: number, count: number): number {
  let sum = 0;
  let present = 0;
  for (let i = from; i < from + count; i++) {
    if (Number.isNaN(values[i]!)) continue;
    sum += values[i]!;
    present++;
  }
  return sum / present;
}

function wantedFigure(metric: CocoMetric, from: number): WantedFigure {
  const { first, end } = metricSlice(metric);
  return {
    ...{ from, kind: metric.kind, first, end },
    foundFrom: MAX_DETECTIONS.indexOf(metric.maxDetections) * THRESHOLDS,
  };
}

function figureOf(
  { kind, first, end, foundFrom }: WantedFigure,
  { precision, found }: CategoryFigures,
  objects: number,
): number {
  return kind === 'precision'
    ? mean(precision, first, end)
    : mean(found, foundFrom + first, foundFrom + end) / objects;
}

function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}
