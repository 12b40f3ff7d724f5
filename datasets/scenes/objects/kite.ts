import type { Random } from '../../../reference/random.ts';
import { between, chance, integerBetween } from '../chance.ts';
import { dim, vivid } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { polygon, stroke } from '../outline.ts';
import { unitVector } from '../unit-vector.ts';

/** A diamond of four panels on two spars, with a tail of bows. */
export function drawKite(random: Random): Drawing {
  const half = between(random, 0.52, 0.72);
  const cross = between(random, -0.4, -0.2);
  const bottom = 0.65;
  const first = vivid(random);
  const second = vivid(random);
  const third = chance(random, 0.5) ? first : vivid(random);
  const spar = dim(second, 0.35);
  const shapes: Shape[] = [
    shape(polygon(0, -1, half, cross, 0, cross), { colour: first, x: 0.2 }),
    shape(polygon(0, -1, 0, cross, -half, cross), { colour: second, x: 0.2 }),
    shape(polygon(0, cross, half, cross, 0, bottom), { colour: second, y: -0.2 }),
    shape(polygon(0, cross, 0, bottom, -half, cross), { colour: third, y: -0.2 }),
    shape(stroke([0, -1, 0, bottom], 0.04), spar),
    shape(stroke([-half, cross, half, cross], 0.04), spar),
  ];
  const tail: number[] = [];
  const swing = between(random, 0.08, 0.2) * (chance(random, 0.5) ? 1 : -1);
  const length = between(random, 0.5, 0.9);
  for (let i = 0; i <= 10; i++) tail.push(swing * unitVector(i / 10)[1], bottom + (length * i) / 10);
  shapes.push(shape(stroke(tail, 0.045), spar));
  const bows = integerBetween(random, 2, 3);
  for (let bow = 1; bow <= bows; bow++) {
    const i = 2 * Math.floor((10 * bow) / (bows + 0.4));
    const [x, y] = [tail[i], tail[i + 1]];
    const colour = bow % 2 === 0 ? first : second;
    shapes.push(
      shape(
        [
          [x, y, x - 0.16, y - 0.09, x - 0.16, y + 0.09],
          [x, y, x + 0.16, y + 0.09, x + 0.16, y - 0.09],
        ],
        colour,
      ),
    );
  }
  return { shapes };
}
