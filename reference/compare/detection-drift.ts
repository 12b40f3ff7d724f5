import { quantile, sortSamples } from '../statistics/index.ts';
import type { DetectionDiff, DetectionPair } from './detection-diff.ts';

/** How a figure is spread over all pairs of all images; R-7 quantiles. */
export interface Spread {
  readonly min: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly max: number;
  readonly mean: number;
}

/** The detection differences of many images together. */
export interface DetectionDrift {
  readonly images: number;
  /** Images on which a detection was lost, gained, moved or changed its class. */
  readonly imagesChanged: number;
  readonly referenceCount: number;
  readonly actualCount: number;
  readonly kept: number;
  readonly moved: number;
  readonly classChanged: number;
  readonly lost: number;
  readonly gained: number;
  /** Over all pairs, kept, moved and class changed; null where there is none. */
  readonly pairs: PairSpreads | null;
}

export interface PairSpreads {
  readonly iou: Spread;
  /** Distance of the centres, pixels. */
  readonly centreShift: Spread;
  /** The greater of |width change| and |height change|, pixels. */
  readonly sizeChange: Spread;
  /** Actual less reference. */
  readonly scoreDelta: Spread;
}

/**
 * Counts and spreads over images.
 * @param diffs one an image, also where nothing was detected on either side.
 * @throws RangeError when there is no image, or no detection on either side in any of them: nothing compared is not a
 *   pass.
 */
export function detectionDrift(diffs: readonly DetectionDiff[]): DetectionDrift {
  if (diffs.length === 0) throw new RangeError('cannot compare the detections of no images');
  const sum = (of: (diff: DetectionDiff) => number): number => diffs.reduce((total, d) => total + of(d), 0);
  const referenceCount = sum((d) => d.referenceCount);
  const actualCount = sum((d) => d.actualCount);
  if (referenceCount + actualCount === 0) {
    throw new RangeError(
      `cannot compare detections: neither side has one in ${diffs.length} images; lower the confidence threshold or check the weights`,
    );
  }
  const pairs = diffs.flatMap((d) => [...d.kept, ...d.moved, ...d.classChanged]);
  return {
    images: diffs.length,
    imagesChanged: sum((d) =>
      d.moved.length + d.classChanged.length + d.lost.length + d.gained.length > 0 ? 1 : 0,
    ),
    referenceCount,
    actualCount,
    kept: sum((d) => d.kept.length),
    moved: sum((d) => d.moved.length),
    classChanged: sum((d) => d.classChanged.length),
    lost: sum((d) => d.lost.length),
    gained: sum((d) => d.gained.length),
    pairs: pairs.length === 0 ? null : spreadsOf(pairs),
  };
}

function spreadsOf(pairs: readonly DetectionPair[]): PairSpreads {
  const spread = (of: (pair: DetectionPair) => number): Spread => {
    const samples = sortSamples(pairs.map(of));
    const [min, p10, p50, p90, max] = [0, 0.1, 0.5, 0.9, 1].map((p) => quantile(samples, p)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { min, p10, p50, p90, max, mean: samples.reduce((total, x) => total + x, 0) / samples.length };
  };
  return {
    iou: spread((pair) => pair.iou),
    centreShift: spread((pair) => pair.centreShift),
    sizeChange: spread((pair) => Math.max(Math.abs(pair.widthChange), Math.abs(pair.heightChange))),
    scoreDelta: spread((pair) => pair.scoreDelta),
  };
}
