import type { Colour } from './colour.ts';
import type { Outline } from './outline.ts';

/**
 * How a shape is coloured: at the point (u, v) of the drawing's own coordinates its colour is
 * `colour · (1 + x·u + y·v + curve·(0.5 − u² − v²))`, so that `curve` makes a ball and `x` and `y` the side the light is on.
 */
export interface Paint {
  readonly colour: Colour;
  readonly x?: number;
  readonly y?: number;
  readonly curve?: number;
  /** 0–1; default 1. */
  readonly opacity?: number;
}

export interface Shape {
  readonly outline: Outline;
  readonly paint: Paint;
}

/** A thing without a size or place: x to the right, y down, around (0, 0), about 1 in each direction; later shapes lie on top. */
export interface Drawing {
  readonly shapes: readonly Shape[];
  /** What belongs to the thing and not to its annotation (the pole of a sign), beneath it. */
  readonly scenery?: readonly Shape[];
}

/** Where a drawing is put: `radius` pixels for each of its units, turned, and stretched in x before turning. */
export interface Pose {
  readonly radius: number;
  readonly turn: number;
  readonly stretch: number;
  readonly mirrored: boolean;
}

export const shape = (outline: Outline, paint: Paint | Colour): Shape => ({
  outline,
  paint: 'colour' in paint ? paint : { colour: paint },
});
