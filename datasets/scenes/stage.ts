import type { Random } from '../../reference/random.ts';
import { type Canvas, compose, pixelsTaken } from './canvas.ts';
import { between, integerBetween } from './chance.ts';
import type { Drawing, Pose } from './drawing.ts';
import { type Layer, OPAQUE, renderLayer } from './layer.ts';
import { SCENE_OBJECTS } from './objects/index.ts';
import type { SceneCategory } from './scene-categories.ts';

/** Something to be put on the stage; without a category it is clutter. */
export interface Cast {
  readonly drawing: Drawing;
  readonly pose: Pose;
  readonly category?: SceneCategory;
}

/** Who has the owner number `position + 1`. */
interface Member {
  readonly category: SceneCategory;
  readonly crowd: boolean;
  /** Pixels of the whole object, whatever covers it now. */
  readonly size: number;
}

/** Less of an object than this share is never left to be seen: what would cover more of it is put elsewhere. */
const SEEN_AT_LEAST = 0.45;
/** Less of a new object than this share is never inside the picture. */
const INSIDE_AT_LEAST = 0.65;
const ATTEMPTS = 10;

/** Puts things on a canvas, one over the other, so that every object stays recognisable or is left out altogether. */
export class Stage {
  readonly #canvas: Canvas;
  readonly #members: Member[] = [];
  /** Pixels seen of each member, by position. */
  readonly #seen: number[] = [];

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Tries some places, and gives up where each of them hides too much. */
  add(random: Random, { drawing, pose, category }: Cast): void {
    const layer = renderLayer(drawing.shapes, pose, random.next(), random.next());
    const scenery = drawing.scenery?.length ? renderLayer(drawing.scenery, pose, 0.5, 0.5) : undefined;
    const size = opaquePixels(layer);
    // Too small to be told from anything, so nothing that could be annotated.
    if (category && size < 40) return;
    const { width, height } = this.#canvas;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const x = Math.floor(between(random, 0, width));
      const y = Math.floor(between(random, 0, height));
      const [left, top] = [x - layer.originX, y - layer.originY];
      const taken = pixelsTaken(this.#canvas, layer, left, top);
      const inside = taken.reduce((sum, count) => sum + count, 0);
      if (category && inside < INSIDE_AT_LEAST * size) continue;
      if (!this.#leavesEnough(taken)) continue;
      if (scenery) {
        const [poleLeft, poleTop] = [x - scenery.originX, y - scenery.originY];
        const hidden = pixelsTaken(this.#canvas, scenery, poleLeft, poleTop);
        if (!this.#leavesEnough(hidden.map((count, owner) => count + taken[owner]))) continue;
        this.#take(hidden);
        compose(this.#canvas, scenery, poleLeft, poleTop, 0);
      }
      this.#take(scenery ? pixelsTaken(this.#canvas, layer, left, top) : taken);
      if (category) {
        this.#members.push({ category, crowd: false, size });
        this.#seen.push(inside);
      }
      compose(this.#canvas, layer, left, top, category ? this.#members.length : 0);
      return;
    }
  }

  /** A heap of small objects of one category, which are one annotation together. */
  addCrowd(random: Random, category: SceneCategory): void {
    const { draw, tilt, mirrors } = SCENE_OBJECTS[category.name];
    const { width, height } = this.#canvas;
    const radius = between(random, 8, 13);
    const columns = integerBetween(random, 4, 7);
    const rows = integerBetween(random, 3, 4);
    const step = radius * between(random, 1.5, 1.9);
    const startX = between(random, radius, width - radius - step * (columns - 1));
    const startY = between(random, radius, height - radius - step * (rows - 1));
    const owner = this.#members.length + 1;
    for (let i = 0; i < columns * rows; i++) {
      const x = startX + step * ((i % columns) + between(random, -0.25, 0.25));
      const y = startY + step * (Math.floor(i / columns) + between(random, -0.25, 0.25));
      const pose: Pose = {
        radius: radius * between(random, 0.85, 1.15),
        turn: between(random, -tilt, tilt),
        stretch: 1,
        mirrored: mirrors && random.next() < 0.5,
      };
      const layer = renderLayer(draw(random).shapes, pose, x - Math.floor(x), y - Math.floor(y));
      compose(this.#canvas, layer, Math.floor(x) - layer.originX, Math.floor(y) - layer.originY, owner);
    }
    const size = this.#canvas.owner.reduce((sum, id) => sum + (id === owner ? 1 : 0), 0);
    this.#members.push({ category, crowd: true, size });
    this.#seen.push(size);
  }

  #leavesEnough(taken: Uint32Array): boolean {
    return this.#members.every(
      ({ size }, i) => taken[i + 1] === 0 || this.#seen[i] - taken[i + 1] >= SEEN_AT_LEAST * size,
    );
  }

  #take(taken: Uint32Array): void {
    for (let i = 0; i < this.#seen.length; i++) this.#seen[i] -= taken[i + 1];
  }
}

function opaquePixels({ pixels }: Layer): number {
  let count = 0;
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] >= OPAQUE) count++;
  return count;
}
