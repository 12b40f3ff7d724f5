import type { Detections } from '../detections.ts';

/**
 * Boxes of the network input back in pixels of the original image: divided by the letterbox ratio in float32
 * (YOLOX yolox/evaluators/coco_evaluator.py `convert_to_coco_format`). The letterbox is at the top left, so there is
 * nothing to subtract. Not clipped: a box may reach beyond the image. Scores and classes are shared, not copied.
 * @param letterboxRatio input pixels for each image pixel, `min(H/h, W/w)`; rounded to float32 first, as PyTorch does.
 * @throws RangeError when the ratio is not a positive number.
 */
export function restoreDetections(
  detections: Detections<'input'>,
  letterboxRatio: number,
): Detections<'image'> {
  if (!(letterboxRatio > 0 && Number.isFinite(letterboxRatio))) {
    throw new RangeError(
      `cannot restore boxes with a letterbox ratio of ${letterboxRatio}: give a positive number`,
    );
  }
  const ratio = Math.fround(letterboxRatio);
  const boxes = new Float32Array(detections.boxes.length);
  for (let at = 0; at < boxes.length; at++) boxes[at] = detections.boxes[at]! / ratio;
  return { ...detections, space: 'image', boxes };
}
