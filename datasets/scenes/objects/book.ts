import type { Random } from '../../../reference/random.ts';
import { between, chance } from '../chance.ts';
import { dim, mix, vary, vivid } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { ellipse, polygon, rectangle } from '../outline.ts';

/** A closed book with spine, title and the edges of its pages, or an open one with lines of text. */
export function drawBook(random: Random): Drawing {
  return { shapes: chance(random, 0.7) ? closed(random) : open(random) };
}

function closed(random: Random): Shape[] {
  const half = between(random, 0.62, 0.8);
  const thick = between(random, 0.1, 0.2);
  const cover = vivid(random);
  const title = chance(random, 0.6) ? mix(cover, [255, 250, 220], 0.8) : dim(cover, 0.35);
  const page = vary(random, [232, 226, 206], 12);
  const shapes = [
    // The back cover and the block of pages stick out at the right and below.
    shape(
      polygon(
        -half,
        1,
        -half + thick,
        1 + thick,
        half + thick,
        1 + thick,
        half + thick,
        -1 + thick,
        half,
        -1,
      ),
      dim(cover, 0.6),
    ),
    shape(
      polygon(
        half - 0.02,
        -0.96,
        half + thick * 0.9,
        -0.94 + thick,
        half + thick * 0.9,
        0.98 + thick * 0.9,
        -half + thick,
        0.98 + thick * 0.9,
        -half,
        0.97,
      ),
      page,
    ),
    shape(rectangle(-half, -1, half, 1), { colour: cover, x: -0.15, y: -0.15 }),
    shape(rectangle(-half, -1, -half + 0.16, 1), dim(cover, 0.65)),
  ];
  const from = -half + 0.28;
  shapes.push(shape(rectangle(from, -0.72, half - 0.14, -0.56), title));
  shapes.push(shape(rectangle(from, -0.46, half - 0.14 - between(random, 0.1, 0.4), -0.34), title));
  if (chance(random, 0.6)) shapes.push(shape(ellipse(0.08, 0.2, 0.3, 0.32), mix(cover, title, 0.5)));
  shapes.push(shape(rectangle(from, 0.72, half - 0.3, 0.8), title));
  return shapes;
}

function open(random: Random): Shape[] {
  const page = vary(random, [238, 233, 218], 12);
  const cover = vivid(random);
  const height = between(random, 0.6, 0.72);
  const ink = vary(random, [90, 88, 90], 20);
  const shapes = [
    shape(
      polygon(-1.03, -height + 0.02, 1.03, -height + 0.02, 1.03, height + 0.1, -1.03, height + 0.1),
      cover,
    ),
    shape(polygon(0, -height + 0.08, -1, -height, -1, height, 0, height + 0.08), { colour: page, x: -0.2 }),
    shape(polygon(0, -height + 0.08, 1, -height, 1, height, 0, height + 0.08), { colour: page, x: 0.1 }),
    shape(rectangle(-0.025, -height + 0.08, 0.025, height + 0.08), dim(page, 0.6)),
  ];
  for (let line = 0; line < 6; line++) {
    const y = -height + 0.2 + ((2 * height - 0.35) * line) / 6;
    shapes.push(shape(rectangle(-0.86, y, -0.14 - between(random, 0, 0.25), y + 0.055), ink));
    shapes.push(shape(rectangle(0.14, y, 0.86 - between(random, 0, 0.25), y + 0.055), ink));
  }
  return shapes;
}
