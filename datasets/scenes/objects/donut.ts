import type { Random } from '../../../reference/random.ts';
import { between, chance, integerBetween, pick } from '../chance.ts';
import { type Colour, vary, vivid } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { ring, stroke } from '../outline.ts';
import { unitVector } from '../unit-vector.ts';

/** A ring of dough, nearly always with a wavy glaze and often with sprinkles. What is seen through the hole is not it. */
export function drawDonut(random: Random): Drawing {
  const flat = between(random, 0.65, 1);
  const hole = between(random, 0.24, 0.36);
  const dough = vary(random, [196, 138, 76], 18);
  const shapes: Shape[] = [
    shape(ring(0, 0, 1, flat, hole), { colour: dough, x: -0.15, y: -0.2, curve: 0.25 }),
  ];
  if (chance(random, 0.9)) {
    const glaze = vary(
      random,
      pick<Colour>(random, [
        [236, 120, 170],
        [84, 46, 26],
        [246, 238, 226],
        [150, 210, 230],
      ]),
      12,
    );
    const waves = integerBetween(random, 6, 10);
    const contour = (radius: number, wave: number, step: number): number[] => {
      const points: number[] = [];
      for (let i = 0; i < 48; i++) {
        const turn = (step * i) / 48;
        const [x, y] = unitVector(turn);
        const r = radius + wave * unitVector(turn * waves)[1];
        points.push(r * x, flat * r * y);
      }
      return points;
    };
    shapes.push(
      shape([contour(0.86, 0.05, 1), contour(hole + 0.1, 0.02, -1)], {
        colour: glaze,
        x: -0.12,
        y: -0.2,
        curve: 0.2,
      }),
    );
    if (chance(random, 0.65)) {
      for (let sprinkle = 0; sprinkle < 22; sprinkle++) {
        const [x, y] = unitVector(random.next());
        const r = between(random, hole + 0.16, 0.78);
        const [dx, dy] = unitVector(random.next());
        shapes.push(
          shape(
            stroke(
              [r * x - 0.07 * dx, flat * r * y - 0.07 * dy, r * x + 0.07 * dx, flat * r * y + 0.07 * dy],
              0.055,
            ),
            vivid(random),
          ),
        );
      }
    }
  }
  return { shapes };
}
