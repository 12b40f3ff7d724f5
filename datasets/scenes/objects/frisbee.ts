import type { Random } from '../../../reference/random.ts';
import { between, chance } from '../chance.ts';
import { dim, mix, vivid } from '../colour.ts';
import { type Drawing, shape } from '../drawing.ts';
import { ellipse, ring } from '../outline.ts';

/** A flat disc seen from the side or above: a thick rim, grooves, and a mark in the middle. */
export function drawFrisbee(random: Random): Drawing {
  const colour = vivid(random);
  const flat = between(random, 0.3, 0.85);
  const pale = mix(colour, [255, 255, 255], between(random, 0.35, 0.6));
  const light = { x: between(random, -0.25, 0.25), y: -0.3 };
  const shapes = [
    shape(ellipse(0, 0.14 * (1 - flat), 1, flat), dim(colour, 0.55)),
    shape(ellipse(0, 0, 1, flat), { colour, ...light }),
    shape(ring(0, 0, 0.84, 0.84 * flat, 0.93), dim(colour, 0.6)),
    shape(ring(0, 0, 0.66, 0.66 * flat, 0.94), dim(colour, 0.72)),
    shape(ellipse(0, 0, 0.4, 0.4 * flat), {
      colour: chance(random, 0.7) ? pale : dim(colour, 0.8),
      ...light,
    }),
    shape(ellipse(0, 0, 0.2, 0.2 * flat), colour),
  ];
  return { shapes };
}
