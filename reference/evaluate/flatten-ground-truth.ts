import type { CocoGroundTruth } from './coco-ground-truth.ts';
import type { EvaluationIndex } from './evaluation-index.ts';
import { AREA_RANGES, outsideAreaRanges } from './params.ts';
import { fileOrder, orderByKey } from './stable-order.ts';

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
  const annotations = groundTruth.annotations.filter(
    (annotation) => imageIndexOf.has(annotation.image_id) && categoryIndexOf.has(annotation.category_id),
  );
  const count = annotations.length;
  const fileImages = Uint32Array.from(annotations, (annotation) => imageIndexOf.get(annotation.image_id)!);
  const fileCategories = Uint32Array.from(
    annotations,
    ({ category_id }) => categoryIndexOf.get(category_id)!,
  );
  const categoryCount = index.categories.length;
  const imageCount = index.imageIds.length;
  const order = useCategories
    ? orderByKey(orderByKey(fileOrder(count), fileImages, imageCount), fileCategories, categoryCount)
    : orderByKey(orderByKey(fileOrder(count), fileCategories, categoryCount), fileImages, imageCount);

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
    if (!(bbox.every(Number.isFinite) && bbox.length === 4 && Number.isFinite(area))) {
      throw new RangeError(
        `cannot evaluate annotation ${annotation.id}: bbox [${bbox.join(', ')}] and area ${area} must be finite numbers, four and one`,
      );
    }
    images[i] = fileImages[entry]!;
    boxes.set(bbox, 4 * i);
    crowds[i] = annotation.iscrowd ? 1 : 0;
    // Only `iscrowd` makes an annotation ignored: `COCOeval._prepare` overwrites a field `ignore` of the file.
    ignored[i] = annotation.iscrowd ? IGNORED_EVERYWHERE : outsideAreaRanges(area);
    idZero[i] = annotation.id === 0 ? 1 : 0;
    categoryStart[(useCategories ? fileCategories[entry]! : 0) + 1]!++;
  }
  for (let k = 1; k < categoryStart.length; k++) categoryStart[k]! += categoryStart[k - 1]!;
  return { categoryStart, images, boxes, crowds, ignored, idZero };
}
