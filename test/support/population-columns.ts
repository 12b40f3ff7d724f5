import { AREA_RANGES, type CategoryMatches, IOU_THRESHOLDS } from '../../reference/evaluate/index.ts';
import { fileOrder, orderByDescending, orderByKey } from '../../reference/evaluate/stable-order.ts';

/** Detections of one backend, image after image. */
interface Columns {
  readonly start: Uint32Array;
  readonly categories: Uint8Array;
  readonly scores: Float64Array;
  /** Thresholds at which it is right; 0 for a false alarm. */
  readonly matched: Uint16Array;
  /** Index in small, medium, large: of its object, if it has one. */
  readonly sizes: Uint8Array;
}

/** Images without number, of which data sets are drawn; what each backend is worth on all of them is the truth. */
export interface Population {
  readonly imageCount: number;
  readonly backendCount: number;
  /** Matches of each of the `backends` (default all) on these images, among which an image may stand more than once. */
  matchesOf(images: ArrayLike<number>, backends?: readonly number[]): CategoryMatches[][];
}

export function populationOf(
  objects: GrowingColumns,
  backends: readonly GrowingColumns[],
  categories: number,
): Population {
  const objectColumns = objects.finish();
  const columns = backends.map((backend) => backend.finish());
  return {
    imageCount: objectColumns.start.length - 1,
    backendCount: columns.length,
    matchesOf: (drawn, wanted = [...columns.keys()]) =>
      wanted.map((backend) => matchesOf(columns[backend]!, objectColumns, drawn, categories)),
  };
}

/** Thresholds, as bits, at which a detection of this IoU with its object is right. */
export function rightAt(iou: number): number {
  let bits = 0;
  for (let t = 0; t < IOU_THRESHOLDS.length; t++) if (iou >= IOU_THRESHOLDS[t]!) bits |= 1 << t;
  return bits;
}

/** Detections of one backend, or objects, image after image, of a number that is not known beforehand. */
export class GrowingColumns {
  private readonly starts: number[] = [0];
  private count = 0;
  private categories = new Uint8Array(1 << 16);
  private scores = new Float64Array(1 << 16);
  private matched = new Uint16Array(1 << 16);
  private sizes = new Uint8Array(1 << 16);

  push(category: number, score: number, matched: number, size: number): void {
    if (this.count === this.sizes.length) {
      const grow = <T extends Uint8Array | Uint16Array | Float64Array>(old: T): T => {
        const grown = new (old.constructor as new (length: number) => T)(2 * old.length);
        grown.set(old);
        return grown;
      };
      this.categories = grow(this.categories);
      this.scores = grow(this.scores);
      this.matched = grow(this.matched);
      this.sizes = grow(this.sizes);
    }
    this.categories[this.count] = category;
    this.scores[this.count] = score;
    this.matched[this.count] = matched;
    this.sizes[this.count++] = size;
  }

  endImage(): void {
    this.starts.push(this.count);
  }

  finish(): Columns {
    const { count, categories, scores, matched, sizes } = this;
    return {
      start: Uint32Array.from(this.starts),
      categories: categories.slice(0, count),
      scores: scores.slice(0, count),
      matched: matched.slice(0, count),
      sizes: sizes.slice(0, count),
    };
  }
}

/** The rows of `columns` that belong to these images, in their order, and the place of the image of each. */
function gather({ start }: Columns, drawn: ArrayLike<number>): { rows: Uint32Array; images: Uint32Array } {
  let count = 0;
  for (let i = 0; i < drawn.length; i++) count += start[drawn[i]! + 1]! - start[drawn[i]!]!;
  const rows = new Uint32Array(count);
  const images = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < drawn.length; i++) {
    for (let row = start[drawn[i]!]!; row < start[drawn[i]! + 1]!; row++, at++) {
      rows[at] = row;
      images[at] = i;
    }
  }
  return { rows, images };
}

function matchesOf(
  detections: Columns,
  objects: Columns,
  drawn: ArrayLike<number>,
  categoryCount: number,
): CategoryMatches[] {
  const { rows, images } = gather(detections, drawn);
  const of = gather(objects, drawn);
  const categoryOf = new Uint32Array(rows.length);
  const scores = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    categoryOf[i] = detections.categories[rows[i]!]!;
    scores[i] = detections.scores[rows[i]!]!;
  }
  const objectCategoryOf = of.rows.map((row) => objects.categories[row]!);
  const order = orderByKey(orderByDescending(fileOrder(rows.length), scores), categoryOf, categoryCount);
  const objectOrder = orderByKey(fileOrder(of.rows.length), objectCategoryOf, categoryCount);
  const seen = new Uint8Array(drawn.length);
  const matches: CategoryMatches[] = [];
  let to = 0;
  let objectsTo = 0;
  for (let k = 0; k < categoryCount; k++) {
    const from = to;
    const objectsFrom = objectsTo;
    while (to < order.length && categoryOf[order[to]!] === k) to++;
    while (objectsTo < objectOrder.length && objectCategoryOf[objectOrder[objectsTo]!] === k) objectsTo++;
    const count = to - from;
    seen.fill(0);
    const matched = AREA_RANGES.map(() => new Uint16Array(count));
    const ignored = AREA_RANGES.map(() => new Uint16Array(count));
    const own = {
      scores: new Float64Array(count),
      images: new Uint32Array(count),
      ranks: new Uint8Array(count),
    };
    for (let i = 0; i < count; i++) {
      const entry = order[from + i]!;
      const row = rows[entry]!;
      own.scores[i] = scores[entry]!;
      own.images[i] = images[entry]!;
      own.ranks[i] = seen[images[entry]!]!++;
      for (let a = 0; a < AREA_RANGES.length; a++) {
        matched[a]![i] = detections.matched[row]!;
        // Outside of the area range: taken by an object that does not count there, or wrong and left out.
        if (a > 0 && detections.sizes[row] !== a - 1) ignored[a]![i] = (1 << IOU_THRESHOLDS.length) - 1;
      }
    }
    const ownObjects = objectOrder.subarray(objectsFrom, objectsTo);
    matches.push({
      count,
      ...own,
      resultIndices: order.slice(from, to),
      matched,
      ignored,
      groundTruthImages: ownObjects.map((entry) => of.images[entry]!),
      groundTruthIgnored: Uint8Array.from(
        ownObjects,
        (entry) => 0b1110 & ~(2 << objects.sizes[of.rows[entry]!]!),
      ),
    });
  }
  return matches;
}
