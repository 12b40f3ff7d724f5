import type { CocoResult } from '../../reference/detections.ts';
import type { CocoAnnotation, CocoGroundTruth } from '../../reference/evaluate/index.ts';
import { createRandom, type Random } from '../../reference/random.ts';

export interface EvaluationSetOptions {
  readonly seed: number;
  readonly images: number;
  readonly categories: number;
  /** Mean per image. */
  readonly annotationsPerImage: number;
  /** Mean per image. */
  readonly detectionsPerImage: number;
}

/** As many as COCO val2017 has, with the detections of a YOLOX at confidence 0.001. */
export const COCO_SIZE: EvaluationSetOptions = {
  seed: 1,
  images: 5000,
  categories: 80,
  annotationsPerImage: 6.8,
  detectionsPerImage: 45.6,
};

export interface EvaluationSet {
  readonly groundTruth: CocoGroundTruth;
  readonly results: CocoResult[];
}

type Box = [number, number, number, number];

const WIDTH = 640;
const HEIGHT = 480;

/**
 * Annotations and results that load an evaluation as real ones do: few categories in each image, a few categories far
 * more frequent than the rest, one in a hundred a crowd, most objects found once or twice with a box near theirs, and many
 * detections of a low score that match nothing. Scores are float32 numbers and some tie. The same seed gives the same set.
 */
export function generateEvaluationSet(options: EvaluationSetOptions): EvaluationSet {
  const { categories } = options;
  const random = createRandom(options.seed);
  const images: { id: number; file_name: string; width: number; height: number }[] = [];
  const annotations: CocoAnnotation[] = [];
  const results: CocoResult[] = [];
  const classOf = (): number => 1 + Math.floor(categories * random.next() ** 3);
  for (let i = 0; i < options.images; i++) {
    const image_id = 7 + 13 * i;
    images.push({ id: image_id, file_name: `${image_id}.jpg`, width: WIDTH, height: HEIGHT });
    const present = Array.from({ length: 1 + random.integer(4) }, classOf);
    const objects = drawCount(random, options.annotationsPerImage);
    const detections = drawCount(random, options.detectionsPerImage);
    const found: CocoResult[] = [];
    for (let o = 0; o < objects; o++) {
      const bbox = drawBox(random);
      const category_id = present[random.integer(present.length)]!;
      const iscrowd = random.next() < 0.01 ? 1 : 0;
      const area = bbox[2] * bbox[3] * (0.4 + 0.6 * random.next());
      annotations.push({ id: annotations.length + 1, image_id, category_id, bbox, area, iscrowd });
      for (let chance = 0.8; random.next() < chance; chance /= 2) {
        const spread = 0.3 * random.next() ** 2;
        const score = random.next() * (1 - 2 * spread);
        found.push({ image_id, category_id, bbox: jitter(random, bbox, spread), score: Math.fround(score) });
      }
    }
    for (let d = found.length; d < detections; d++) {
      const category_id = random.next() < 0.5 ? present[random.integer(present.length)]! : classOf();
      const score = Math.fround(Math.max(0.001, random.next() ** 6));
      found.push({ image_id, category_id, bbox: drawBox(random), score });
    }
    for (const result of random.shuffle(found)) results.push(result);
  }
  return {
    groundTruth: {
      images,
      categories: Array.from({ length: categories }, (_, k) => ({ id: k + 1, name: `category ${k + 1}` })),
      annotations,
    },
    results,
  };
}

/** Geometric, so that there are empty and very full images; on average `mean`. */
function drawCount(random: Random, mean: number): number {
  return Math.floor(Math.log(1 - random.next()) / Math.log(mean / (1 + mean)));
}

function drawBox(random: Random): Box {
  const width = Math.min(WIDTH, Math.exp(3.9 + 1.1 * random.gaussian()));
  const height = Math.min(HEIGHT, width * Math.exp(0.4 * random.gaussian()));
  return [random.next() * (WIDTH - width), random.next() * (HEIGHT - height), width, height].map(
    hundredth,
  ) as Box;
}

function jitter(random: Random, [x, y, width, height]: Box, spread: number): Box {
  return [
    x + width * spread * random.gaussian(),
    y + height * spread * random.gaussian(),
    width * Math.exp(spread * random.gaussian()),
    height * Math.exp(spread * random.gaussian()),
  ].map(Math.fround) as Box;
}

/** COCO gives boxes to a hundredth of a pixel. */
function hundredth(value: number): number {
  return Math.round(value * 100) / 100;
}
