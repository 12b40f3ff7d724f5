import type { CocoGroundTruth } from '../reference/evaluate/coco-ground-truth.ts';
import { createRandom } from '../reference/random.ts';
import { DatasetError } from './dataset-error.ts';

/** Label of an image without annotations, so that the share of empty images is kept like that of a category. */
const NO_ANNOTATION = 'none';
type Label = number | typeof NO_ANNOTATION;

/**
 * Draws `count` images so that each category's share of annotations, and the share of images without any, stay near those
 * of the whole.
 *
 * Iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", 2011) into two
 * parts, taken and left, weighted by the number of annotations. Each part begins with a claim on its share of every
 * label. Again and again the label with the fewest images still undecided is taken up, and each of its images goes to the
 * part whose claim on that label is greater; the claims on all its labels are then reduced by what the image holds. Rare
 * categories are so decided while there is still a choice. The images are put in an order that depends only on their ids and
 * the seed, and so does the draw; the order of the file has no part in it.
 *
 * @returns exactly `count` image ids
 * @throws DatasetError when there are fewer images
 * @throws RangeError when `count` is not a positive integer or `seed` not an integer in 0 … 2³² − 1
 */
export function stratifiedSubset(groundTruth: CocoGroundTruth, count: number, seed: number): Set<number> {
  const random = createRandom(seed);
  if (!Number.isSafeInteger(count) || count <= 0) {
    throw new RangeError(`cannot select ${count} images: give a positive integer`);
  }
  const labelsOf = imageLabels(groundTruth);
  const total = labelsOf.size;
  if (count > total) {
    throw new DatasetError(
      `cannot select ${count} images: the annotation file has ${total}; ask for no more`,
    );
  }
  const order = random.shuffle([...labelsOf.keys()].sort((a, b) => a - b));
  const imagesOf = new Map<Label, number[]>();
  const sum = new Map<Label, number>();
  for (const image of order) {
    for (const [label, weight] of labelsOf.get(image) ?? []) {
      const list = imagesOf.get(label);
      if (list) list.push(image);
      else imagesOf.set(label, [image]);
      sum.set(label, (sum.get(label) ?? 0) + weight);
    }
  }

  const share = count / total;
  const claim = new Map([...sum].map(([label, weight]) => [label, weight * share]));
  const claimLeft = new Map([...sum].map(([label, weight]) => [label, weight * (1 - share)]));
  const undecided = new Map([...imagesOf].map(([label, images]) => [label, images.length]));
  const taken = new Set<number>();
  const left = new Set<number>();
  const decide = (image: number, label: Label): void => {
    const margin = (claim.get(label) ?? 0) - (claimLeft.get(label) ?? 0);
    // Claims are equal mostly at a half share: then the part with more room, and last the seed, decides.
    const room = (count - taken.size) / count - (total - count - left.size) / Math.max(1, total - count);
    const wanted = margin !== 0 ? margin > 0 : room !== 0 ? room > 0 : random.next() < 0.5;
    const take = left.size === total - count || (wanted && taken.size < count);
    (take ? taken : left).add(image);
    const claims = take ? claim : claimLeft;
    for (const [held, weight] of labelsOf.get(image) ?? []) {
      claims.set(held, (claims.get(held) ?? 0) - weight);
      undecided.set(held, (undecided.get(held) ?? 0) - 1);
    }
  };
  for (;;) {
    const label = rarest(undecided);
    if (label === undefined) return taken;
    for (const image of imagesOf.get(label) ?? []) {
      if (!taken.has(image) && !left.has(image)) decide(image, label);
    }
    undecided.delete(label);
  }
}

/** By image id: how many annotations of each category it holds. */
function imageLabels({ images, annotations }: CocoGroundTruth): Map<number, Map<Label, number>> {
  const labelsOf = new Map<number, Map<Label, number>>(images.map(({ id }) => [id, new Map()]));
  for (const { image_id, category_id } of annotations) {
    const labels = labelsOf.get(image_id);
    labels?.set(category_id, (labels.get(category_id) ?? 0) + 1);
  }
  for (const labels of labelsOf.values()) if (labels.size === 0) labels.set(NO_ANNOTATION, 1);
  return labelsOf;
}

/** The label with the fewest undecided images; of equals the smaller category id, so that file order has no say. */
function rarest(undecided: ReadonlyMap<Label, number>): Label | undefined {
  let best: Label | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [label, images] of undecided) {
    if (images < fewest || (images === fewest && rank(label) < rank(best))) {
      best = label;
      fewest = images;
    }
  }
  return best;
}

const rank = (label: Label | undefined): number =>
  typeof label === 'number' ? label : Number.POSITIVE_INFINITY;
