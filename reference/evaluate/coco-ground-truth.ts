/**
 * The parts of a COCO `instances_*.json` that an evaluation of boxes needs. Structural: a parsed annotation file,
 * with all its other fields, is assignable to it.
 */
export interface CocoGroundTruth {
  readonly images: readonly CocoImage[];
  readonly categories: readonly CocoCategory[];
  readonly annotations: readonly CocoAnnotation[];
}

export interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

export interface CocoCategory {
  /** Category id of the annotation file (1–90 with gaps in COCO), never the 0-based class index of a network. */
  readonly id: number;
  readonly name: string;
}

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  /** xywh, image pixels. */
  readonly bbox: readonly [number, number, number, number];
  /** Square pixels of the object's mask; smaller than width · height of the box, and what the area ranges go by. */
  readonly area: number;
  /** 1 when the box covers a crowd of objects, of which it can match any number. */
  readonly iscrowd: 0 | 1;
  /** Present in other data sets than COCO. pycocotools overwrites it with `iscrowd`: see `evaluateDetections`. */
  readonly ignore?: 0 | 1;
}
