import type { BgrImage } from '../../reference/preprocess/bgr-image.ts';
import { createRandom, type Random } from '../../reference/random.ts';
import { paintBackground } from './background.ts';
import { type Canvas, createCanvas } from './canvas.ts';
import { between, chance, integerBetween, pick } from './chance.ts';
import { drawClutter } from './clutter.ts';
import { expose } from './exposure.ts';
import { type Mask, masksOf } from './mask.ts';
import { SCENE_OBJECTS } from './objects/index.ts';
import { SCENE_CATEGORIES, type SceneCategory } from './scene-categories.ts';
import { type Cast, Stage } from './stage.ts';

/** An object, or a crowd of objects of one category, by what is seen of it. */
export interface SceneAnnotation extends Mask {
  readonly category: SceneCategory;
  readonly crowd: boolean;
}

export interface Scene {
  readonly image: BgrImage;
  readonly annotations: readonly SceneAnnotation[];
}

/** Scenes of one seed: their indices are 0 … this − 1. */
const SCENES_A_SEED = 2 ** 17;
/** Seeds are 0 … this, so that seed and index together fill 32 bits: no two scenes begin from one state. */
export const LARGEST_SCENE_SEED = 2 ** 15 - 1;

/**
 * Draws scene `index` of `seed`, the same pixels on every machine and whatever other scenes are drawn.
 *
 * @throws RangeError for a seed outside 0 … 32767 or an index outside 0 … 131071
 */
export function drawScene(seed: number, index: number): Scene {
  if (!Number.isInteger(seed) || seed < 0 || seed > LARGEST_SCENE_SEED) {
    throw new RangeError(
      `cannot draw scenes of the seed ${seed}: give an integer from 0 to ${LARGEST_SCENE_SEED}`,
    );
  }
  if (!Number.isInteger(index) || index < 0 || index >= SCENES_A_SEED) {
    throw new RangeError(`cannot draw scene ${index}: give an index from 0 to ${SCENES_A_SEED - 1}`);
  }
  const random = createRandom(seed * SCENES_A_SEED + index);
  const canvas = createCanvas(integerBetween(random, 192, 320), integerBetween(random, 192, 320));
  paintBackground(canvas, random);
  const stage = new Stage(canvas);
  const clutter = integerBetween(random, 1, 7);
  for (let i = 0; i < clutter; i++) {
    const radius = between(random, 6, 60);
    stage.add(random, cast(random, drawClutter(random), radius, 0.5, true));
  }
  if (chance(random, 0.1)) stage.addCrowd(random, pick(random, CROWD_CATEGORIES));
  for (const radius of radii(random, Math.min(canvas.width, canvas.height))) {
    const category = pick(random, SCENE_CATEGORIES);
    const { draw, tilt, mirrors } = SCENE_OBJECTS[category.name];
    stage.add(random, { ...cast(random, draw(random), radius, tilt, mirrors), category });
  }
  const image = expose(canvas, random);
  return { image, annotations: annotate(canvas, stage) };
}

/** Things that stand or lie about in numbers. */
const CROWD_CATEGORIES = SCENE_CATEGORIES.filter(({ name }) =>
  ['umbrella', 'sports ball', 'kite', 'bottle', 'orange', 'donut', 'book'].includes(name),
);

/** Half the size in pixels of each object, large ones first, since they are mostly behind. */
function radii(random: Random, side: number): number[] {
  const drawn: number[] = [];
  const count = integerBetween(random, 1, 7);
  let large = 0;
  for (let i = 0; i < count; i++) {
    const kind = random.next();
    if (kind < 0.22 && large < 2) {
      large++;
      drawn.push(between(random, 52, Math.min(95, 0.42 * side)));
    } else if (kind < 0.7) drawn.push(between(random, 20, 48));
    else drawn.push(between(random, 10, 20));
  }
  return drawn.sort((a, b) => b - a);
}

const cast = (
  random: Random,
  drawing: Cast['drawing'],
  radius: number,
  tilt: number,
  mirrors: boolean,
): Cast => ({
  drawing,
  pose: {
    radius,
    turn: between(random, -tilt, tilt),
    stretch: between(random, 0.88, 1.12),
    mirrored: mirrors && chance(random, 0.5),
  },
});

function annotate({ owner, width, height }: Canvas, stage: Stage): SceneAnnotation[] {
  const masks = masksOf(owner, width, height);
  return stage.members.flatMap(({ category, crowd }, i) => {
    const mask = masks.get(i + 1);
    return mask ? [{ ...mask, category, crowd }] : [];
  });
}
