import type { CocoGroundTruth } from '../reference/evaluate/coco-ground-truth.ts';
import { createRandom } from '../reference/random.ts';
import { DatasetError } from './dataset-error.ts';

/** Label of an image without annotations, so that the share of empty images is kept like that of a category. */
const NO_ANNOTATION = 'none';
type Label = number | typeof NO_ANNOTATION;

/**
 * Draws `count` images so that each category's share of annotations, and the share of images without any, stay near those
 * of the whole, while every image keeps a chance (not an equal one): always leaving out what is rare would bring the shares nearest.
 *
 * 1. Images are put in an order that depends on their ids and the seed alone; the order of the file has no part in it.
 * 2. The label with the fewest images still undecided is taken up, again and again, as in iterative stratification
 *    (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", 2011), so that rare categories are
 *    decided while there is still a choice. Its images are taken by systematic sampling with a random start: one is taken
 *    where the part of the label's annotations seen so far runs ahead of the part taken.
 * 3. What is then too many or too few is put right one image at a time, by the one of a few drawn ones that brings the shares nearest.
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
  const tallies = tallyLabels(order, labelsOf);
  const share = count / total;
  const taken = new Set<number>();
  const decided = new Set<number>();
  for (let label = rarest(tallies); label; label = rarest(tallies)) {
    const start = random.next();
    for (const image of label.images) {
      if (decided.has(image)) continue;
      const held = labelsOf.get(image) ?? NOTHING;
      const weight = held.get(label.label) ?? 0;
      const take = share * (label.seen + weight) - label.taken > start * weight;
      decided.add(image);
      if (take) taken.add(image);
      for (const [other, otherWeight] of held) {
        const tally = tallies.get(other);
        if (!tally) continue;
        tally.seen += otherWeight;
        tally.undecided -= 1;
        if (take) tally.taken += otherWeight;
      }
    }
    label.undecided = 0;
  }
  while (taken.size !== count) {
    const add = taken.size < count;
    const candidates = random.shuffle(order.filter((id) => taken.has(id) !== add)).slice(0, CANDIDATES);
    const image = bestChange(candidates, add, labelsOf, tallies, share);
    if (add) taken.add(image);
    else taken.delete(image);
    for (const [label, weight] of labelsOf.get(image) ?? NOTHING) {
      const tally = tallies.get(label);
      if (tally) tally.taken += add ? weight : -weight;
    }
  }
  return taken;
}

/** Few, so that chance keeps a say: the best of all would nearly always be one of the same images. */
const CANDIDATES = 5;

/** What has been decided about a label so far; weights are numbers of annotations. */
interface Tally {
  readonly label: Label;
  readonly images: number[];
  /** Weight of all images. */
  total: number;
  /** Weight of the images decided. */
  seen: number;
  /** Weight of the images taken. */
  taken: number;
  /** Number of images not decided. */
  undecided: number;
}

type Labels = ReadonlyMap<Label, number>;
const NOTHING: Labels = new Map();

function tallyLabels(order: readonly number[], labelsOf: ReadonlyMap<number, Labels>): Map<Label, Tally> {
  const tallies = new Map<Label, Tally>();
  for (const image of order) {
    for (const [label, weight] of labelsOf.get(image) ?? NOTHING) {
      let tally = tallies.get(label);
      if (!tally) {
        tally = { label, images: [], total: 0, seen: 0, taken: 0, undecided: 0 };
        tallies.set(label, tally);
      }
      tally.images.push(image);
      tally.total += weight;
      tally.undecided += 1;
    }
  }
  return tallies;
}

/**
 * The image whose adding (or removal) lowers the sum over labels of `(taken − wanted)² / wanted` most; of equals the first.
 */
function bestChange(
  candidates: readonly number[],
  add: boolean,
  labelsOf: ReadonlyMap<number, Labels>,
  tallies: ReadonlyMap<Label, Tally>,
  share: number,
): number {
  let best = Number.NaN;
  let lowest = Number.POSITIVE_INFINITY;
  for (const image of candidates) {
    let change = 0;
    for (const [label, weight] of labelsOf.get(image) ?? NOTHING) {
      const tally = tallies.get(label);
      if (!tally) continue;
      const wanted = share * tally.total;
      const step = add ? weight : -weight;
      change += (step * (2 * (tally.taken - wanted) + step)) / wanted;
    }
    if (change < lowest) {
      lowest = change;
      best = image;
    }
  }
  return best;
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
function rarest(tallies: ReadonlyMap<Label, Tally>): Tally | undefined {
  let best: Tally | undefined;
  for (const tally of tallies.values()) {
    if (tally.undecided === 0) continue;
    const fewer = !best || tally.undecided < best.undecided;
    if (fewer || (tally.undecided === best?.undecided && rank(tally.label) < rank(best.label))) best = tally;
  }
  return best;
}

const rank = (label: Label): number => (typeof label === 'number' ? label : Number.POSITIVE_INFINITY);
