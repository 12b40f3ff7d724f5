import type { DatasetSample } from '../../datasets/index.ts';
import { type DetectionDiff, detectionDrift } from '../../reference/compare/index.ts';
import { histogram } from '../../reference/statistics/index.ts';
import type { DetectionDifference } from '../../reports/record/index.ts';

const CHANGED_IMAGES = 5;

/** Finer near 0, where int16 differences lie; int8 reaches the end bins. */
const SCORE_EDGES = [-0.5, -0.2, -0.1, -0.05, -0.02, -0.01, -0.002, 0.002, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** Pixels of the image. */
const SHIFT_EDGES = [0, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

/** Figures of one image that go into the list of images. */
export type ImageDetectionChange = Record<'kept' | 'moved' | 'classChanged' | 'lost' | 'gained', number>;

/** Gathers, image by image, what became of the reference's detections at the demo threshold. */
export class DetectionComparison {
  readonly #images: { sample: DatasetSample; diff: DetectionDiff }[] = [];

  add(sample: DatasetSample, diff: DetectionDiff): void {
    this.#images.push({ sample, diff });
  }

  /** Null where no image was compared, or neither side found anything in any: there is nothing to say then. */
  record(thresholds: { readonly conf: number; readonly nms: number }): DetectionDifference | null {
    if (this.#images.every(({ diff }) => diff.referenceCount + diff.actualCount === 0)) return null;
    const changed = this.#images
      .map(({ sample, diff }) => ({ imageId: sample.id, fileName: sample.fileName, ...countsOf(diff) }))
      .filter((image) => changesOf(image) > 0)
      .sort((a, b) => changesOf(b) - changesOf(a) || a.imageId - b.imageId);
    const pairs = this.#images.flatMap(({ diff }) => [...diff.kept, ...diff.moved, ...diff.classChanged]);
    return {
      ...thresholds,
      histograms: {
        scoreDelta: counted(
          pairs.map(({ scoreDelta }) => scoreDelta),
          SCORE_EDGES,
        ),
        centreShift: counted(
          pairs.map(({ centreShift }) => centreShift),
          SHIFT_EDGES,
        ),
      },
      ...detectionDrift(this.#images.map(({ diff }) => diff)),
      changedImages: changed.slice(0, CHANGED_IMAGES),
    };
  }
}

function counted(values: readonly number[], edges: readonly number[]): { edges: number[]; counts: number[] } {
  const { counts } = histogram(values, edges);
  return { edges: [...edges], counts: [...counts] };
}

export function countsOf(diff: DetectionDiff): ImageDetectionChange {
  return {
    kept: diff.kept.length,
    moved: diff.moved.length,
    classChanged: diff.classChanged.length,
    lost: diff.lost.length,
    gained: diff.gained.length,
  };
}

/** Detections that are not as they were. */
export function changesOf({ moved, classChanged, lost, gained }: ImageDetectionChange): number {
  return lost + gained + classChanged + moved;
}
