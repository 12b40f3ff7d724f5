import type { CocoResult } from '../reference/detections.ts';
import type { CocoGroundTruth } from '../reference/evaluate/coco-ground-truth.ts';

/**
 * What makes the figures of a results file mean something else than they seem to, one sentence each; empty for a file
 * without such trouble. None of it is an error to pycocotools, whose figures only go down.
 *
 * @param groundTruth the images that are evaluated
 */
export function checkResults(groundTruth: CocoGroundTruth, results: readonly CocoResult[]): string[] {
  if (results.length === 0) return ['there are no detections: every figure is 0, whatever the detector does'];
  const categories = new Set(groundTruth.categories.map(({ id }) => id));
  const evaluated = new Set(groundTruth.images.map(({ id }) => id));
  const covered = new Set(results.map(({ image_id }) => image_id).filter((id) => evaluated.has(id)));
  const strangers = results.filter(({ category_id }) => !categories.has(category_id)).length;
  const flat = results.filter(({ bbox: [, , width, height] }) => !(width > 0 && height > 0)).length;
  const beyond = results.filter(({ score }) => !(score >= 0 && score <= 1)).length;
  const count = `${results.length} detections`;
  return [
    ...(covered.size < evaluated.size
      ? [
          `only ${covered.size} of the ${evaluated.size} images have detections; the others count as found nothing: if they were not run, leave them out`,
        ]
      : []),
    ...(strangers > 0
      ? [
          `${strangers} of ${count} have a category id that the ground truth lacks and count for nothing: results hold category ids, not class indices`,
        ]
      : []),
    ...(flat > 0
      ? [`${flat} of ${count} have a box without width or height: boxes are x, y, width, height`]
      : []),
    ...(beyond > 0 ? [`${beyond} of ${count} have a score outside 0 … 1`] : []),
  ];
}
