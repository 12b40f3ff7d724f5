import { createRandom, type Random } from '../../reference/random.ts';
import { GrowingColumns, type Population, populationOf, rightAt } from './population-columns.ts';

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
  const objects = new GrowingColumns();
  const backends = options.backends.map(() => new GrowingColumns());
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
  return populationOf(objects, backends, categories);
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
