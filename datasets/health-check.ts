import type { CocoGroundTruth } from '../reference/evaluate/coco-ground-truth.ts';

export type HealthCode =
  | 'duplicate-image-id'
  | 'duplicate-annotation-id'
  | 'duplicate-category-id'
  | 'unknown-image'
  | 'unknown-category'
  | 'annotation-id-zero'
  | 'empty-box'
  | 'box-outside'
  | 'zero-area'
  | 'unused-category'
  | 'picture-missing'
  | 'picture-size';

/** Something wrong with a data set. */
export interface HealthFinding {
  readonly code: HealthCode;
  /**
   * `error`: figures computed from it mean something else than they say. `warning`: a mistake of little weight.
   * `note`: no mistake, but good to know.
   */
  readonly severity: 'error' | 'warning' | 'note';
  /** One sentence, with what it does to the figures. */
  readonly sentence: string;
  readonly count: number;
  /** The first few, each as the entry and its values. */
  readonly examples: readonly string[];
}

const EXAMPLES = 5;

/** COCO's own boxes are rounded to a hundredth and pass the picture's edge by as much. */
const OUTSIDE_TOLERANCE = 1;

/** Gathers findings of one kind. */
export class FindingCounter {
  #count = 0;
  readonly #examples: string[] = [];

  add(example: string): void {
    if (this.#count++ < EXAMPLES) this.#examples.push(example);
  }

  finding(code: HealthCode, severity: HealthFinding['severity'], sentence: string): HealthFinding[] {
    if (this.#count === 0) return [];
    return [{ code, severity, sentence, count: this.#count, examples: this.#examples }];
  }
}

/**
 * What is wrong with an annotation file that can be read, worst first; empty when nothing is.
 *
 * Looks at the file alone. What needs the pictures (`picture-missing`, `picture-size`) is found by `loadDataset`.
 */
export function checkGroundTruth(groundTruth: CocoGroundTruth): HealthFinding[] {
  const { images, categories, annotations } = groundTruth;
  const imageById = new Map(images.map((image) => [image.id, image]));
  const categoryIds = new Set(categories.map(({ id }) => id));
  const unused = new Set(categoryIds);
  const unknownImage = new FindingCounter();
  const unknownCategory = new FindingCounter();
  const idZero = new FindingCounter();
  const emptyBox = new FindingCounter();
  const outside = new FindingCounter();
  const zeroArea = new FindingCounter();

  annotations.forEach((annotation, i) => {
    const { id, image_id, category_id, bbox, area } = annotation;
    const [x, y, width, height] = bbox;
    const entry = `annotations[${i}] (id ${id})`;
    const image = imageById.get(image_id);
    if (!image) unknownImage.add(`${entry}: image_id ${image_id}`);
    if (!categoryIds.has(category_id)) unknownCategory.add(`${entry}: category_id ${category_id}`);
    unused.delete(category_id);
    if (id === 0) idZero.add(entry);
    if (!(width > 0 && height > 0)) emptyBox.add(`${entry}: ${width} × ${height}`);
    if (image) {
      const right = image.width + OUTSIDE_TOLERANCE;
      const bottom = image.height + OUTSIDE_TOLERANCE;
      const inside =
        x >= -OUTSIDE_TOLERANCE && y >= -OUTSIDE_TOLERANCE && x + width <= right && y + height <= bottom;
      if (!inside) outside.add(`${entry}: [${bbox.join(', ')}] in ${image.width}×${image.height}`);
    }
    if (!(area > 0)) zeroArea.add(`${entry}: area ${area}`);
  });

  const unusedCategory = new FindingCounter();
  for (const { id, name } of categories) if (unused.has(id)) unusedCategory.add(`${id} (${name})`);

  return [
    ...duplicates(images).finding(
      'duplicate-image-id',
      'error',
      'Images share an id, so that annotations and detections cannot be told to belong to one of them.',
    ),
    ...duplicates(categories).finding(
      'duplicate-category-id',
      'error',
      'Categories share an id, so that classes cannot be mapped to them.',
    ),
    ...duplicates(annotations).finding(
      'duplicate-annotation-id',
      'error',
      'Annotations share an id; pycocotools looks annotations up by id and may count one for another.',
    ),
    ...unknownImage.finding(
      'unknown-image',
      'error',
      'Annotations name an image that is not in the file; they are left out of the evaluation.',
    ),
    ...unknownCategory.finding(
      'unknown-category',
      'error',
      'Annotations name a category that is not in the file; they are left out of the evaluation.',
    ),
    ...idZero.finding(
      'annotation-id-zero',
      'warning',
      'An annotation has the id 0, which pycocotools takes for "no match", so that a detection that finds it counts there ' +
        'as wrong; here it counts as any other unless that is asked for. Number annotations from 1.',
    ),
    ...emptyBox.finding('empty-box', 'warning', 'Boxes without an extent can be matched by no detection.'),
    ...outside.finding(
      'box-outside',
      'warning',
      'Boxes reach over the edge of their image; width and height may be swapped, or belong to another image size.',
    ),
    ...zeroArea.finding(
      'zero-area',
      'warning',
      'Annotations have no area; they count as small objects, whatever their box.',
    ),
    ...unusedCategory.finding(
      'unused-category',
      'note',
      'Categories have no annotation; they are taken out of the means, as pycocotools does.',
    ),
  ];
}

function duplicates(entries: readonly { readonly id: number }[]): FindingCounter {
  const counter = new FindingCounter();
  const first = new Map<number, number>();
  entries.forEach(({ id }, i) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, i);
    else counter.add(`id ${id}: entries ${before} and ${i}`);
  });
  return counter;
}
