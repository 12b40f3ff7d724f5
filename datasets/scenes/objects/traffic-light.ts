import type { Random } from '../../../reference/random.ts';
import { between, chance, pick } from '../chance.ts';
import { type Colour, dim, vary } from '../colour.ts';
import { type Drawing, shape } from '../drawing.ts';
import { arc, ellipse, rectangle, roundedRectangle } from '../outline.ts';

const LAMPS: readonly Colour[] = [
  [255, 60, 45],
  [255, 200, 40],
  [60, 240, 130],
];

/** A dark or yellow housing with three lamps, one of them lit; often on a pole. */
export function drawTrafficLight(random: Random): Drawing {
  const housing = vary(random, chance(random, 0.7) ? [38, 40, 42] : [200, 160, 40], 16);
  const lit = pick(random, [0, 0, 1, 2, 2]);
  const half = between(random, 0.38, 0.46);
  const shapes = [
    shape(roundedRectangle(-half, -1, half, 1, 0.14), { colour: housing, x: between(random, -0.4, 0.4) }),
    shape(roundedRectangle(-half * 0.86, -0.95, half * 0.86, 0.95, 0.1), dim(housing, 0.75)),
  ];
  LAMPS.forEach((colour, lamp) => {
    const y = -0.62 + 0.62 * lamp;
    shapes.push(shape(ellipse(0, y, 0.27), [14, 14, 16]));
    if (lamp === lit) {
      shapes.push(shape(ellipse(0, y, 0.25), vary(random, colour, 20)));
      shapes.push(shape(ellipse(-0.04, y - 0.04, 0.11), { colour: [255, 255, 240], opacity: 0.7 }));
    } else {
      shapes.push(shape(ellipse(0, y, 0.24), dim(colour, between(random, 0.2, 0.36))));
    }
    // The visor.
    shapes.push(
      shape(
        [[...arc(0, y, 0.3, 0.3, 0.53, 0.97, 10), ...arc(0, y, 0.23, 0.2, 0.97, 0.53, 10)]],
        dim(housing, 0.5),
      ),
    );
  });
  const pole = shape(rectangle(-0.07, 0.9, 0.07, 2.6), { colour: vary(random, [80, 80, 82], 25), x: 2 });
  return { scenery: chance(random, 0.6) ? [pole] : [], shapes };
}
