/**
 * Which pixels a box is measured in: `input` = the letterboxed network input, `image` = the original picture.
 * Part of the type, so that a box of one space cannot be passed where the other is meant.
 */
export type PixelSpace = 'input' | 'image';

/**
 * Boxes of one image as flat arrays; entry `i` of each array belongs to box `i`.
 * Ordered by descending score once they have passed NMS.
 */
export interface Detections<Space extends PixelSpace = PixelSpace> {
  readonly space: Space;
  readonly count: number;
  /** xyxy, stride 4, pixels of `space`; neither clipped nor rounded. */
  readonly boxes: Float32Array;
  /** Objectness · class confidence, a float32 product. */
  readonly scores: Float32Array;
  readonly objectness: Float32Array;
  readonly classConfidence: Float32Array;
  /** 0-based class index of the network, never a COCO category id. */
  readonly classIndices: Uint16Array;
}

/** One line of a COCO results file: `bbox` is xywh in image pixels, `category_id` the id of the annotation file. */
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
}
