import type { Random } from '../../../reference/random.ts';
import { between, chance, pick } from '../chance.ts';
import { type Colour, dim, hsv, mix, vary, vivid } from '../colour.ts';
import { type Drawing, shape } from '../drawing.ts';
import { arc, polygon, rectangle, stroke } from '../outline.ts';

/** Body, shoulders, neck and cap, with a label and the streak of light that glass has. */
export function drawBottle(random: Random): Drawing {
  const glass: Colour = vary(
    random,
    pick<Colour>(random, [
      [40, 110, 55],
      [110, 62, 25],
      [70, 120, 190],
      [190, 210, 215],
      hsv(random.next(), 0.8, 0.8),
    ]),
    20,
  );
  const half = between(random, 0.26, 0.36);
  const neck = half * between(random, 0.3, 0.45);
  const shoulder = between(random, -0.4, -0.15);
  const neckEnd = shoulder - between(random, 0.15, 0.3);
  const body = polygon(
    ...[-neck, -0.9, neck, -0.9, neck, neckEnd],
    ...arc(half * 0.6, shoulder, half * 0.4, (shoulder - neckEnd) * 0.6, 0.8, 1, 4),
    ...arc(half - 0.08, 0.92, 0.08, 0.08, 0, 0.25, 3),
    ...arc(-half + 0.08, 0.92, 0.08, 0.08, 0.25, 0.5, 3),
    ...arc(-half * 0.6, shoulder, half * 0.4, (shoulder - neckEnd) * 0.6, 0.5, 0.7, 4),
    ...[-neck, neckEnd],
  );
  const cap = chance(random, 0.5) ? vivid(random) : dim(glass, 0.5);
  const label = chance(random, 0.6) ? mix(vivid(random), [255, 255, 255], 0.5) : vivid(random);
  const labelTop = between(random, shoulder + 0.15, 0.2);
  const labelEnd = labelTop + between(random, 0.3, 0.5);
  return {
    shapes: [
      shape(body, { colour: glass, x: between(random, -1.2, 1.2) }),
      shape(rectangle(-half * 0.98, labelTop, half * 0.98, labelEnd), { colour: label, x: 0.6 }),
      shape(stroke([-half * 0.6, labelTop + 0.1, half * 0.6, labelTop + 0.1], 0.05), dim(label, 0.4)),
      shape(stroke([-half * 0.5, labelTop + 0.2, half * 0.4, labelTop + 0.2], 0.04), dim(label, 0.5)),
      shape(rectangle(-half * 0.72, shoulder + 0.05, -half * 0.5, 0.85), {
        colour: [255, 255, 255],
        opacity: 0.4,
      }),
      shape(rectangle(-neck * 1.15, -1, neck * 1.15, -0.86), { colour: cap, x: 1.5 }),
    ],
  };
}
