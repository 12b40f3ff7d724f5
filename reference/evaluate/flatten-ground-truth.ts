import type { CocoGroundTruth } from './coco-ground-truth.ts';
import type { EvaluationIndex } from './evaluation-index.ts';
import { AREA_RANGES, outsideAreaRanges } from './params.ts';
import { orderByKey } from './stable-order.ts';

/** The annotations that are evaluated, as columns ordered by category index, then image index, then place in the file. */
export interface FlatGroundTruth {
  /** Entries of category `k` are `[categoryStart[k], categoryStart[k + 1])`. */
  readonly categoryStart: Uint32Array;
  readonly images: Uint32Array;
  /** xywh, stride 4, image pixels. */
  readonly boxes: Float64Array;
  readonly crowds: Uint8Array;
  /** Bit `a`: not to be found in `AREA_RANGES[a]`, because it is a crowd or its area lies outside. */
  readonly ignored: Uint8Array;
  /** 1 for the annotation with id 0. */
  readonly idZero: Uint8Array;
}

const IGNORED_EVERYWHERE = (1 << AREA_RANGES.length) - 1;

/**
 * Annotations of images and categories that are not evaluated are left out, as in pycocotools.
 * @param useCategories false: all categories count as one, of index 0.
 * @throws RangeError when a box or an area is not finite.
 */
export function flattenGroundTruth(
  groundTruth: CocoGroundTruth,
  index: EvaluationIndex,
  useCategories: boolean,
): FlatGroundTruth {
  const { imageIndexOf, categoryIndexOf } = index;
  const { annotations } = groundTruth;
  const fileImages = new Uint32Array(annotations.length);
  const fileCategories = new Uint32Array(annotations.length);
  const evaluated = new Uint32Array(annotations.length);
  let count = 0;
  for (let i = 0; i < annotations.length; i++) {
    const image = imageIndexOf.get(annotations[i]!.image_id);
    const category = categoryIndexOf.get(annotations[i]!.category_id);
    if (image === undefined || category === undefined) continue;
    fileImages[i] = image;
    fileCategories[i] = category;
    evaluated[count++] = i;
  }
  const inFile = evaluated.subarray(0, count);
  const categoryCount = index.categories.length;
  const imageCount = index.imageIds.length;
  const order = useCategories
    ? orderByKey(orderByKey(inFile, fileImages, imageCount), fileCategories, categoryCount)
    : orderByKey(orderByKey(inFile, fileCategories, categoryCount), fileImages, imageCount);

  const images = new Uint32Array(count);
  const boxes = new Float64Array(4 * count);
  const crowds = new Uint8Array(count);
  const ignored = new Uint8Array(count);
  const idZero = new Uint8Array(count);
  const categoryStart = new Uint32Array((useCategories ? categoryCount : 1) + 1);
  for (let i = 0; i < count; i++) {
    const entry = order[i]!;
    const annotation = annotations[entry]!;
    const { bbox, area } = annotation;
    const x = bbox[0];
    const y = bbox[1];
    const width = bbox[2];
    const height = bbox[3];
    if (!Number.isFinite(x + y + width + height + area)) {
      throw new RangeError(
        `cannot evaluate annotation ${annotation.id}: bbox [${bbox.join(', ')}] and area ${area} must be finite numbers, four and one`,
      );
    }
    images[i] = fileImages[entry]!;
    boxes[4 * i] = x;
    boxes[4 * i + 1] = y;
    boxes[4 * i + 2] = width;
    boxes[4 * i + 3] = height;
    crowds[i] = annotation.iscrowd ? 1 : 0;
    // Only `iscrowd` makes an annotation ignored: `COCOeval._prepare` overwrites a field `ignore` of the file.
    ignored[i] = annotation.iscrowd ? IGNORED_EVERYWHERE : outsideAreaRanges(area);
    idZero[i] = annotation.id === 0 ? 1 : 0;
    categoryStart[(useCategories ? fileCategories[entry]! : 0) + 1]!++;
  }
  for (let k = 1; k < categoryStart.length; k++) categoryStart[k]! += categoryStart[k - 1]!;
  return { categoryStart, images, boxes, crowds, ignored, idZero };
}
