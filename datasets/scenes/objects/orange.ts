import type { Random } from '../../../reference/random.ts';
import { between, chance } from '../chance.ts';
import { dim, vary } from '../colour.ts';
import { type Drawing, type Shape, shape } from '../drawing.ts';
import { arc, ellipse, polygon } from '../outline.ts';
import { unitVector } from '../unit-vector.ts';

/** A whole orange with pores and the scar of its stem, at times a leaf; or one cut in half. */
export function drawOrange(random: Random): Drawing {
  const peel = vary(random, [242, 142, 24], 16);
  return { shapes: chance(random, 0.72) ? whole(random, peel) : half(random, peel) };
}

type Peel = readonly [number, number, number];

function whole(random: Random, peel: Peel): Shape[] {
  const shapes = [
    shape(ellipse(0, 0, 1, between(random, 0.92, 1)), { colour: peel, x: -0.25, y: -0.35, curve: 0.4 }),
  ];
  for (let pore = 0; pore < 14; pore++) {
    const [x, y] = unitVector(random.next());
    const radius = between(random, 0.2, 0.85);
    shapes.push(shape(ellipse(radius * x, radius * y, 0.035), dim(peel, 0.72)));
  }
  const [x, y] = [between(random, -0.35, 0.35), between(random, -0.5, -0.2)];
  shapes.push(shape(ellipse(x, y, 0.15, 0.12), dim(peel, 0.75)));
  shapes.push(shape(ellipse(x, y, 0.08, 0.07), [70, 96, 40]));
  if (chance(random, 0.4)) {
    const leaf = polygon(
      ...arc(x + 0.3, y, 0.42, 0.42, 0.6, 0.9, 6),
      ...arc(x + 0.3, y - 0.66, 0.42, 0.42, 0.1, 0.4, 6),
    );
    shapes.push(shape(leaf, vary(random, [52, 128, 44], 16)));
  }
  return shapes;
}

function half(random: Random, peel: Peel): Shape[] {
  const flat = between(random, 0.75, 1);
  const shapes = [
    shape(ellipse(0, 0, 1, flat), peel),
    shape(ellipse(0, 0, 0.9, 0.9 * flat), vary(random, [250, 226, 170], 8)),
  ];
  for (let segment = 0; segment < 9; segment++) {
    const middle = segment / 9;
    const rim = arc(0, 0, 0.82, 0.82 * flat, middle - 0.044, middle + 0.044, 4);
    const [x, y] = unitVector(middle);
    shapes.push(
      shape([[0.1 * x, 0.1 * flat * y, ...rim]], { colour: vary(random, [248, 160, 40], 10), curve: -0.2 }),
    );
  }
  return shapes;
}
