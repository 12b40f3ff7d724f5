import type { CocoResult } from '../../../reference/detections.ts';
import type { CocoGroundTruth } from '../../../reference/evaluate/index.ts';

/** The files that hold each image as many times as its weight says, every copy under an id of its own. */
export function repeatImages(
  groundTruth: CocoGroundTruth,
  results: readonly CocoResult[],
  weightOf: (imageId: number) => number,
): { groundTruth: CocoGroundTruth; results: CocoResult[] } {
  const copies = <T extends { image_id: number }>(entries: readonly T[]): T[] =>
    entries.flatMap((entry) =>
      Array.from({ length: weightOf(entry.image_id) }, (_, c) => ({
        ...entry,
        image_id: 1000 * entry.image_id + c,
      })),
    );
  return {
    groundTruth: {
      ...groundTruth,
      images: groundTruth.images.flatMap((image) =>
        Array.from({ length: weightOf(image.id) }, (_, c) => ({ ...image, id: 1000 * image.id + c })),
      ),
      annotations: copies(groundTruth.annotations).map((annotation, i) => ({ ...annotation, id: i + 1 })),
    },
    results: copies(results),
  };
}
