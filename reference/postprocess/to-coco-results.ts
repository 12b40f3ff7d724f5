import { convertBoxes } from '../boxes.ts';
import type { CocoResult, Detections } from '../detections.ts';

/**
 * Detections of one image as lines of a COCO results file (YOLOX yolox/evaluators/coco_evaluator.py
 * `convert_to_coco_format`): xyxy → xywh in float32, class index → category id.
 * @param detections boxes in pixels of the original image.
 * @param imageId of the annotation file.
 * @param categoryIds category id of each class index, as the annotation file's category ids ascending.
 * @returns in the order of `detections`; numbers are float32 values written out in full.
 * @throws RangeError when a class index has no category id.
 */
export function toCocoResults(
  detections: Detections<'image'>,
  imageId: number,
  categoryIds: readonly number[],
): CocoResult[] {
  const boxes = convertBoxes(detections.boxes, 'xyxy', 'xywh');
  const results: CocoResult[] = [];
  for (let i = 0; i < detections.count; i++) {
    const classIndex = detections.classIndices[i]!;
    const categoryId = categoryIds[classIndex];
    if (categoryId === undefined) {
      throw new RangeError(
        `cannot name the category of class index ${classIndex} in image ${imageId}: there are ${categoryIds.length} categories; take weights and annotations of the same classes`,
      );
    }
    results.push({
      image_id: imageId,
      category_id: categoryId,
      bbox: [boxes[i * 4]!, boxes[i * 4 + 1]!, boxes[i * 4 + 2]!, boxes[i * 4 + 3]!],
      score: detections.scores[i]!,
    });
  }
  return results;
}
