import type { CocoAnnotation, CocoImage } from '../../reference/evaluate/coco-ground-truth.ts';
import type { Scene } from './draw-scene.ts';
import type { RunLengths } from './mask.ts';

/** An annotation as COCO's files have it, with its mask. */
export interface SceneAnnotationEntry extends CocoAnnotation {
  readonly segmentation: RunLengths;
}

/** More than there are annotations in a scene, so that their ids depend on their own scene alone. */
const ANNOTATIONS_A_SCENE = 100;

export const sceneFileName = (index: number): string => `${String(index).padStart(6, '0')}.png`;

/** The entry of scene `index` in `images`; ids begin at 1, since pycocotools takes 0 for no match. */
export const sceneImageEntry = (index: number, { image }: Scene): CocoImage => ({
  id: index + 1,
  file_name: sceneFileName(index),
  width: image.width,
  height: image.height,
});

/**
 * The entries of scene `index` in `annotations`. Every mask is given in run lengths, a form COCO has for crowds: an
 * outline would lose the hole of a donut, and with it the equality of area and mask.
 */
export const sceneAnnotationEntries = (index: number, { annotations }: Scene): SceneAnnotationEntry[] =>
  annotations.map(({ category, crowd, area, box, runLengths }, i) => ({
    id: (index + 1) * ANNOTATIONS_A_SCENE + i,
    image_id: index + 1,
    category_id: category.id,
    bbox: box,
    area,
    iscrowd: crowd ? 1 : 0,
    segmentation: runLengths,
  }));
