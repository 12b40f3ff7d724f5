import type { CocoGroundTruth, CocoImage } from '../reference/evaluate/coco-ground-truth.ts';
import { DatasetError } from './dataset-error.ts';
import { stratifiedSubset } from './stratified-subset.ts';

/** Which images of a data set to take. */
export type SubsetSelection =
  | 'all'
  /** So many, with about the mix of categories of the whole; the same ones for the same seed. */
  | { readonly count: number; readonly seed: number }
  /** These, each as an image id or a file name. */
  | { readonly images: readonly (number | string)[] };

/**
 * The ground truth of the selected images: images in ascending order of id, their annotations in file order, and all
 * categories, since a network's classes are mapped to all of them.
 *
 * @throws DatasetError when nothing is selected, more is asked for than there is, or an image is not in the file
 * @throws RangeError when `count` is not a positive integer or `seed` not an integer in 0 … 2³² − 1
 */
export function selectSubset(groundTruth: CocoGroundTruth, selection: SubsetSelection): CocoGroundTruth {
  const ids = selectedIds(groundTruth, selection);
  if (ids.size === 0)
    throw new DatasetError('cannot select images: there is none in the selection; choose at least one');
  return {
    images: groundTruth.images.filter(({ id }) => ids.has(id)).sort((a, b) => a.id - b.id),
    categories: groundTruth.categories,
    annotations: groundTruth.annotations.filter(({ image_id }) => ids.has(image_id)),
  };
}

function selectedIds(groundTruth: CocoGroundTruth, selection: SubsetSelection): ReadonlySet<number> {
  if (selection === 'all') return new Set(groundTruth.images.map(({ id }) => id));
  if ('count' in selection) return stratifiedSubset(groundTruth, selection.count, selection.seed);
  return namedIds(groundTruth.images, selection.images);
}

function namedIds(images: readonly CocoImage[], names: readonly (number | string)[]): Set<number> {
  const byName = new Map(images.map((image) => [image.file_name, image.id]));
  const known = new Set(images.map(({ id }) => id));
  return new Set(
    names.map((name) => {
      const id = typeof name === 'number' ? name : (byName.get(name) ?? wholeNumber(name));
      if (id === undefined || !known.has(id)) {
        throw new DatasetError(
          `cannot select the image ${name}: the annotation file has no image with this ` +
            `${typeof name === 'number' ? 'id' : 'id or file name'}; check the list`,
        );
      }
      return id;
    }),
  );
}

const wholeNumber = (text: string): number | undefined =>
  /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
