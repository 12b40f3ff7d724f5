import { boxAreas, keptOf, nms, requireNmsInput, suppressOverlapping } from './nms.ts';
import { orderByScore } from './order-by-score.ts';
import { stdSortDescending } from './std-sort.ts';

const fround = Math.fround;

/**
 * Which program's suppression is followed. They answer the same boxes, sometimes with another survivor.
 *
 * - `torchvision`: the automatic choice of newer releases: class by class above 1,000 boxes, the coordinate trick up to there.
 * - `torchvision-0.4`: what goes with PyTorch 1.3: always the coordinate trick, the threshold rounded to float32. Its
 *   sort was not stable: where scores are equal, any order is as right as the one given here.
 * - `coordinate-trick`, `class-by-class`: one way for every number of boxes.
 * - `class-agnostic`: boxes of all classes suppress each other.
 */
export type NmsDialect =
  | 'torchvision'
  | 'torchvision-0.4'
  | 'coordinate-trick'
  | 'class-by-class'
  | 'class-agnostic';

export const NMS_DIALECTS: readonly NmsDialect[] = [
  'torchvision',
  'torchvision-0.4',
  'coordinate-trick',
  'class-by-class',
  'class-agnostic',
];

/** torchvision goes class by class where a CPU tensor of boxes has more elements than this. */
const TRICK_MOST_COORDINATES = 4000;

/**
 * Non-maximum suppression in which boxes of different classes leave each other alone (torchvision/ops/boxes.py
 * `batched_nms`), in the dialect asked for.
 * @param boxes xyxy, stride 4, finite.
 * @param scores one a box, without NaN.
 * @param classIndices one a box.
 * @param iouThreshold 0 … 1; a box goes when its IoU is greater.
 * @returns indices of the kept boxes in descending score; equal scores by ascending index after the coordinate trick,
 *   in the order of PyTorch's unstable sort after class by class.
 * @throws RangeError when the lengths do not fit each other or the threshold is not in 0 … 1.
 */
export function batchedNms(
  boxes: Float32Array,
  scores: Float32Array,
  classIndices: Uint16Array,
  iouThreshold: number,
  dialect: NmsDialect = 'torchvision',
): Uint32Array {
  switch (dialect) {
    case 'torchvision':
      return boxes.length > TRICK_MOST_COORDINATES
        ? classByClassNms(boxes, scores, classIndices, iouThreshold)
        : coordinateTrickNms(boxes, scores, classIndices, iouThreshold);
    case 'torchvision-0.4':
      return coordinateTrickNms(boxes, scores, classIndices, fround(iouThreshold));
    case 'coordinate-trick':
      return coordinateTrickNms(boxes, scores, classIndices, iouThreshold);
    case 'class-by-class':
      return classByClassNms(boxes, scores, classIndices, iouThreshold);
    case 'class-agnostic':
      return nms(boxes, scores, iouThreshold);
  }
}

/**
 * Suppression class by class (torchvision/ops/boxes.py `_batched_nms_vanilla`). Inside a class equal scores are taken
 * by ascending index; the kept boxes of all classes are then put in order by PyTorch's plain sort, which is **not
 * stable** (`std-sort.ts`). Arguments and result as {@link batchedNms}.
 */
export function classByClassNms(
  boxes: Float32Array,
  scores: Float32Array,
  classIndices: Uint16Array,
  iouThreshold: number,
): Uint32Array {
  requireNmsInput(boxes, scores, iouThreshold, classIndices);
  const order = orderByScore(scores);
  const { placeOfRank, ends } = groupByClass(order, classIndices);
  const grouped = new Float32Array(boxes.length);
  for (let rank = 0; rank < order.length; rank++) {
    const from = order[rank]! * 4;
    const to = placeOfRank[rank]! * 4;
    grouped[to] = boxes[from]!;
    grouped[to + 1] = boxes[from + 1]!;
    grouped[to + 2] = boxes[from + 2]!;
    grouped[to + 3] = boxes[from + 3]!;
  }
  const areas = boxAreas(grouped);
  const suppressed = new Uint8Array(order.length);
  for (let group = 0, place = 0; group < ends.length; group++) {
    const end = ends[group]!;
    for (; place < end; place++) {
      if (suppressed[place] === 0) {
        suppressOverlapping(grouped, areas, place, place + 1, end, iouThreshold, suppressed);
      }
    }
  }
  const kept = keptOf(order, byRank(suppressed, placeOfRank));
  if (hasEqualNeighbours(scores, kept)) {
    kept.sort();
    stdSortDescending(scores, kept);
  }
  return kept;
}

/** Without equal scores there is only one order, and it has been found. */
function hasEqualNeighbours(scores: Float32Array, kept: Uint32Array): boolean {
  for (let i = 1; i < kept.length; i++) if (scores[kept[i]!] === scores[kept[i - 1]!]) return true;
  return false;
}

/**
 * One suppression over boxes moved apart by `class · (greatest coordinate + 1)`, in float32
 * (torchvision/ops/boxes.py `_batched_nms_coordinate_trick`). The moved coordinates lose low bits, and a box that
 * reaches below 0 can touch one of the class before: both are part of the dialect and are reproduced. Arguments and
 * result as {@link batchedNms}.
 *
 * Pairs are looked at only where the extent in x of a class's **moved** boxes reaches the box at hand; any other pair
 * has no intersection in the same float32 numbers, so leaving it out cannot change the answer.
 */
export function coordinateTrickNms(
  boxes: Float32Array,
  scores: Float32Array,
  classIndices: Uint16Array,
  iouThreshold: number,
): Uint32Array {
  requireNmsInput(boxes, scores, iouThreshold, classIndices);
  const order = orderByScore(scores);
  const { groupOfRank, placeOfRank, ends } = groupByClass(order, classIndices);
  const groups = ends.length;

  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < boxes.length; i++) if (boxes[i]! > greatest) greatest = boxes[i]!;
  const classWidth = fround(greatest + 1);

  const moved = new Float32Array(boxes.length);
  const lefts = new Float32Array(groups).fill(Number.POSITIVE_INFINITY);
  const rights = new Float32Array(groups).fill(Number.NEGATIVE_INFINITY);
  for (let rank = 0; rank < order.length; rank++) {
    const box = order[rank]!;
    const offset = fround(classIndices[box]! * classWidth);
    const to = placeOfRank[rank]! * 4;
    for (let k = 0; k < 4; k++) moved[to + k] = boxes[box * 4 + k]! + offset;
    const group = groupOfRank[rank]!;
    if (moved[to]! < lefts[group]!) lefts[group] = moved[to]!;
    if (moved[to + 2]! > rights[group]!) rights[group] = moved[to + 2]!;
  }

  const areas = boxAreas(moved);
  const suppressed = new Uint8Array(order.length);
  // Of each class, the place of its first box that comes after the box at hand in the order of scores.
  const nexts = new Uint32Array(groups);
  for (let group = 1; group < groups; group++) nexts[group] = ends[group - 1]!;
  for (let rank = 0; rank < order.length; rank++) {
    const place = placeOfRank[rank]!;
    nexts[groupOfRank[rank]!] = place + 1;
    if (suppressed[place] === 1) continue;
    const left = moved[place * 4]!;
    const right = moved[place * 4 + 2]!;
    for (let group = 0; group < groups; group++) {
      if (lefts[group]! < right && rights[group]! > left) {
        suppressOverlapping(moved, areas, place, nexts[group]!, ends[group]!, iouThreshold, suppressed);
      }
    }
  }
  return keptOf(order, byRank(suppressed, placeOfRank));
}

interface ClassGroups {
  /** Group of the box at each rank; groups are the classes that occur, ascending. */
  readonly groupOfRank: Uint32Array;
  /** Place of the box at each rank when boxes are laid group after group, by score inside each. */
  readonly placeOfRank: Uint32Array;
  /** One after the last place of each group. */
  readonly ends: Uint32Array;
}

function groupByClass(order: Uint32Array, classIndices: Uint16Array): ClassGroups {
  let most = 0;
  for (let i = 0; i < classIndices.length; i++) if (classIndices[i]! > most) most = classIndices[i]!;
  const counts = new Uint32Array(most + 1);
  for (let i = 0; i < classIndices.length; i++) counts[classIndices[i]!]!++;
  const groupOfClass = new Uint32Array(most + 1);
  const ends = new Uint32Array(counts.length);
  const nexts = new Uint32Array(counts.length);
  let groups = 0;
  let place = 0;
  for (let classIndex = 0; classIndex <= most; classIndex++) {
    if (counts[classIndex] === 0) continue;
    groupOfClass[classIndex] = groups;
    nexts[groups] = place;
    place += counts[classIndex]!;
    ends[groups++] = place;
  }
  const groupOfRank = new Uint32Array(order.length);
  const placeOfRank = new Uint32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) {
    const group = groupOfClass[classIndices[order[rank]!]!]!;
    groupOfRank[rank] = group;
    placeOfRank[rank] = nexts[group]!++;
  }
  return { groupOfRank, placeOfRank, ends: ends.subarray(0, groups) };
}

function byRank(ofPlace: Uint8Array, placeOfRank: Uint32Array): Uint8Array {
  const ofRank = new Uint8Array(ofPlace.length);
  for (let rank = 0; rank < ofRank.length; rank++) ofRank[rank] = ofPlace[placeOfRank[rank]!]!;
  return ofRank;
}
