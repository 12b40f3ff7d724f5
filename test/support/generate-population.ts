import type { CategoryMatches } from '../../reference/evaluate/index.ts';
import { AREA_RANGES, IOU_THRESHOLDS } from '../../reference/evaluate/index.ts';
import { fileOrder, orderByDescending, orderByKey } from '../../reference/evaluate/stable-order.ts';
import { createRandom, type Random } from '../../reference/random.ts';

/** What a port does to the detections of the network it was made from. */
export interface Perturbation {
  /** Standard deviation of what is added to each score's logit. */
  readonly scoreJitter: number;
  /** Standard deviation of what is added to each IoU with the object. */
  readonly iouJitter: number;
  /** Taken from each IoU with the object. */
  readonly iouLoss: number;
  /** Share of the hits that are gone. */
  readonly lostHits: number;
}

export const UNCHANGED: Perturbation = { scoreJitter: 0, iouJitter: 0, iouLoss: 0, lostHits: 0 };

export interface PopulationOptions {
  readonly seed: number;
  readonly images: number;
  readonly categories: number;
  /** Means per image. */
  readonly categoriesPerImage: number;
  readonly falseAlarmsPerImage: number;
  readonly backends: readonly Perturbation[];
}

/** As COCO val2017 and a YOLOX at confidence 0.001, with fewer of the detections that match nothing and have no weight. */
export const COCO_LIKE = {
  images: 100_000,
  categories: 80,
  categoriesPerImage: 2.9,
  falseAlarmsPerImage: 20,
};

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
  /** Matches of each backend on these images, at which an image may stand more than once. */
  matchesOf(images: ArrayLike<number>): CategoryMatches[][];
}

/**
 * Outcomes of matching, generated directly: categories about as frequent as COCO's, from one in every second image to one in
 * six hundred; several objects of a category that is there at all; images, categories and objects that are easy and hard;
 * scores and IoUs that go with how easy an object is; doubles; false alarms of low score, more sure where the image is hard.
 * The same seed gives the same population, and the same base detections whatever the backends do to them.
 */
export function generatePopulation(options: PopulationOptions): Population {
  const random = createRandom(options.seed);
  const jitters = options.backends.map((_, b) => createRandom(options.seed + 1000 + b));
  const { images, categories } = options;
  const cumulative = cumulativeFrequencies(categories);
  const qualities = Array.from({ length: categories }, () => 0.6 * random.gaussian());
  const objects = new Growing();
  const backends = options.backends.map(() => new Growing());
  const draw = (): number => {
    const u = random.next();
    let k = 0;
    while (cumulative[k]! < u) k++;
    return k;
  };
  for (let i = 0; i < images; i++) {
    const ease = 0.5 * random.gaussian();
    const present = Array.from({ length: drawCount(random, options.categoriesPerImage) }, draw);
    const add = (category: number, logit: number, iou: number | null, size: number): void => {
      for (const [b, perturbation] of options.backends.entries()) {
        const jitter = jitters[b]!;
        const { scoreJitter, iouJitter, iouLoss, lostHits } = perturbation;
        // Drawn whatever is done with it, so that another perturbation does not move the rest of the stream.
        const gone = jitter.next() < lostHits;
        const newLogit = logit + scoreJitter * jitter.gaussian();
        const newIou = iou === null ? 0 : Math.min(0.9999, iou - iouLoss + iouJitter * jitter.gaussian());
        if (iou !== null && gone) continue;
        backends[b]!.push(category, 1 / (1 + Math.exp(-newLogit)), rightAt(newIou), size);
      }
    };
    for (const category of present) {
      for (let o = drawCount(random, OBJECTS_MORE); o >= 0; o--) {
        const size = random.integer(3);
        objects.push(category, 0, 0, size);
        const quality = ease + qualities[category]! + 0.7 * (size - 1) + random.gaussian();
        if (random.next() > sigmoid(1.6 + quality)) continue;
        const iou = 0.5 + 0.5 * sigmoid(0.6 + 0.6 * quality + 0.8 * random.gaussian());
        add(category, -0.3 + 0.9 * quality + 0.6 * random.gaussian(), iou, size);
        if (random.next() < 0.3) add(category, -2.5 + 0.5 * quality + random.gaussian(), null, size);
      }
    }
    for (let f = drawCount(random, options.falseAlarmsPerImage); f > 0; f--) {
      const category =
        present.length > 0 && random.next() < 0.5 ? present[random.integer(present.length)]! : draw();
      add(category, -4 - 0.5 * ease + 1.5 * random.gaussian(), null, random.integer(3));
    }
    objects.endImage();
    for (const backend of backends) backend.endImage();
  }
  const objectColumns = objects.finish();
  const columns = backends.map((backend) => backend.finish());
  return {
    imageCount: images,
    matchesOf: (drawn) => columns.map((backend) => matchesOf(backend, objectColumns, drawn, categories)),
  };
}

/** Objects of a category beyond the first where there is one. */
const OBJECTS_MORE = 1.5;

/** Images of val2017's 5,000 with the category of a rank among 80, about; between these the logarithm is interpolated. */
const IMAGES_BY_RANK: readonly (readonly [rank: number, images: number])[] = [
  [1, 2700],
  [2, 580],
  [10, 235],
  [60, 85],
  [75, 40],
  [80, 8],
];

function cumulativeFrequencies(categories: number): Float64Array {
  const shares = Float64Array.from({ length: categories }, (_, k) => {
    const rank = 1 + (79 * k) / Math.max(1, categories - 1);
    const next = Math.max(
      1,
      IMAGES_BY_RANK.findIndex(([end]) => rank <= end),
    );
    const [from, images] = IMAGES_BY_RANK[next - 1]!;
    const [to, imagesThere] = IMAGES_BY_RANK[next]!;
    return images * (imagesThere / images) ** ((rank - from) / (to - from));
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  const cumulative = shares.map((share) => {
    sum += share / total;
    return sum;
  });
  cumulative[categories - 1] = 1;
  return cumulative;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function drawCount(random: Random, mean: number): number {
  return Math.floor(Math.log(1 - random.next()) / Math.log(mean / (1 + mean)));
}

function rightAt(iou: number): number {
  let bits = 0;
  for (let t = 0; t < IOU_THRESHOLDS.length; t++) if (iou >= IOU_THRESHOLDS[t]!) bits |= 1 << t;
  return bits;
}

/** Columns of a length that is not known beforehand. */
class Growing {
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
