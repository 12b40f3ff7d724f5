import type { Random } from '../../../reference/random.ts';
import { between, chance } from '../chance.ts';
import { dim, hsv, muted, vary, vivid } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { ellipse, polygon, rectangle, roundedRectangle } from '../outline.ts';

/** A dark frame around a picture (or a blank screen with a gleam), on a foot. */
export function drawTv(random: Random): Drawing {
  const half = between(random, 0.55, 0.68);
  const frame = vary(random, chance(random, 0.8) ? [28, 28, 30] : [150, 150, 155], 12);
  const border = between(random, 0.05, 0.09);
  const [left, top, right, bottom] = [-1 + border, -half + border, 1 - border, half - border];
  const shapes: Shape[] = [
    shape(
      polygon(-0.1, half - 0.02, 0.1, half - 0.02, 0.14, half + 0.14, -0.14, half + 0.14),
      dim(frame, 0.8),
    ),
    shape(roundedRectangle(-0.45, half + 0.12, 0.45, half + 0.19, 0.03), frame),
    shape(roundedRectangle(-1, -half, 1, half, 0.05), { colour: frame, y: -0.2 }),
  ];
  if (chance(random, 0.7)) {
    const middle = between(random, -0.1, 0.25);
    shapes.push(
      shape(rectangle(left, top, right, bottom), {
        colour: hsv(between(random, 0.45, 0.65), 0.5, 0.95),
        y: 0.5,
      }),
      shape(rectangle(left, middle, right, bottom), {
        colour: hsv(between(random, 0.2, 0.45), 0.6, 0.6),
        y: -0.4,
      }),
      shape(ellipse(between(random, -0.5, 0.5), between(random, -0.25, 0), 0.14), vivid(random)),
      shape(polygon(-0.7, middle, between(random, -0.4, 0), top + 0.2, 0.3, middle), muted(random)),
    );
  } else {
    const screen = vary(random, [48, 54, 66], 12);
    shapes.push(
      shape(rectangle(left, top, right, bottom), { colour: screen, x: 0.2, y: -0.4 }),
      shape(polygon(left + 0.2, top, left + 0.7, top, left + 0.1, bottom, left, bottom, left, top + 0.35), {
        colour: [255, 255, 255],
        opacity: 0.16,
      }),
    );
  }
  shapes.push(shape(ellipse(0.85, half - border / 2, 0.025), [230, 50, 40]));
  return { shapes };
}
