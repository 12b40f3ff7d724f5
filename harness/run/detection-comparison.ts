import type { DatasetSample } from '../../datasets/index.ts';
import { type DetectionDiff, detectionDiff, detectionDrift } from '../../reference/compare/index.ts';
import type { Detections } from '../../reference/detections.ts';
import type { DetectionDifference } from '../../reports/run-record.ts';

const CHANGED_IMAGES = 5;

/** Figures of one image that go into the list of images. */
export type ImageDetectionChange = Record<'kept' | 'moved' | 'classChanged' | 'lost' | 'gained', number>;

/** Gathers, image by image, what became of the reference's detections at the demo threshold. */
export class DetectionComparison {
  readonly #images: { sample: DatasetSample; diff: DetectionDiff }[] = [];

  add(
    sample: DatasetSample,
    reference: Detections<'image'>,
    actual: Detections<'image'>,
  ): ImageDetectionChange {
    const diff = detectionDiff(reference, actual);
    this.#images.push({ sample, diff });
    return countsOf(diff);
  }

  /** Null where no image was compared, or neither side found anything in any: there is nothing to say then. */
  record(thresholds: { readonly conf: number; readonly nms: number }): DetectionDifference | null {
    if (this.#images.every(({ diff }) => diff.referenceCount + diff.actualCount === 0)) return null;
    const changed = this.#images
      .map(({ sample, diff }) => ({ imageId: sample.id, fileName: sample.fileName, ...countsOf(diff) }))
      .filter((image) => changes(image) > 0)
      .sort((a, b) => changes(b) - changes(a) || a.imageId - b.imageId);
    return {
      ...thresholds,
      ...detectionDrift(this.#images.map(({ diff }) => diff)),
      changedImages: changed.slice(0, CHANGED_IMAGES),
    };
  }
}

function countsOf(diff: DetectionDiff): ImageDetectionChange {
  return {
    kept: diff.kept.length,
    moved: diff.moved.length,
    classChanged: diff.classChanged.length,
    lost: diff.lost.length,
    gained: diff.gained.length,
  };
}

function changes({ moved, classChanged, lost, gained }: ImageDetectionChange): number {
  return lost + gained + classChanged + moved;
}
